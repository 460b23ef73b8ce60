/** Turns a checkpoint directory (config.json, one or several safetensors files) into named float tensors. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import { bfloatToFloat, halfToFloat } from './float.ts';
import type { LowRank } from '../parts/precision.ts';
import type { FloatTensor } from './float-tensor.ts';
import { openSafetensors, type Safetensors, type TensorEntry } from './safetensors.ts';

const MAX_JSON_BYTES = 64 * 1024 * 1024;
const MAX_SHARDS = 1000;

export interface Checkpoint {
  directory: string;
  /** config.json as parsed JSON, not yet checked. */
  config: Readonly<Record<string, unknown>>;
  has(name: string): boolean;
  /** The tensor, which must have these dims. Throws `model-unsupported` when it is missing or shaped otherwise. */
  tensor(name: string, dims: readonly number[]): FloatTensor;
  /** Dims of a tensor, undefined when there is none of that name. */
  dims(name: string): readonly number[] | undefined;
  /** The change that an adapter makes to a Linear (its name without `.weight`) and that is to stay apart from it. */
  change?(name: string): LowRank | undefined;
  close(): Promise<void>;
}

function unsupported(message: string, evidence: Record<string, string | number>, cause?: unknown): AppError {
  return new AppError('model-unsupported', message, evidence, cause);
}

/** A JSON file that must hold an object; undefined when there is no such file. */
export async function readJsonObject(path: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unsupported(`${path} cannot be read. Check the path and its permissions.`, { file: path }, cause);
  }
  if (text.length > MAX_JSON_BYTES) throw unsupported(`${path} is too large to be a configuration.`, { file: path });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw unsupported(`${path} is not JSON. Download or save the checkpoint again.`, { file: path }, cause);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw unsupported(`${path} does not hold a JSON object.`, { file: path });
  return json as Record<string, unknown>;
}

/** File names of the shards, from the index; each must be a plain name beside the index. */
async function shardNames(directory: string): Promise<string[]> {
  const index = await readJsonObject(join(directory, 'model.safetensors.index.json'));
  if (!index) return ['model.safetensors'];
  const map = index['weight_map'];
  if (typeof map !== 'object' || map === null) throw unsupported('The index has no weight_map.', { file: directory });
  const names = [...new Set(Object.values(map as Record<string, unknown>))];
  if (names.length === 0 || names.length > MAX_SHARDS)
    throw unsupported(`The index names ${names.length} shards.`, { file: directory });
  for (const name of names)
    if (typeof name !== 'string' || !/^[A-Za-z0-9_][A-Za-z0-9._-]*\.safetensors$/.test(name))
      throw unsupported('The index names a shard outside the checkpoint.', { shard: String(name).slice(0, 200) });
  return names as string[];
}

/** Numbers of a tensor whose bytes were read. Throws `model-unsupported` for an element type that is no float. */
export function decode(bytes: Uint8Array<ArrayBuffer>, dtype: string, name: string): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    case 'F16':
      return halfToFloat(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2));
    case 'BF16':
      return bfloatToFloat(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2));
    default:
      throw unsupported(`Tensor ${name} is stored as ${dtype}; float32, float16 and bfloat16 can be read.`, { name });
  }
}

/** Infinite or NaN weights would give a model that answers nonsense without a word of warning. */
export function checkFinite(values: Float32Array, name: string): Float32Array {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i] as number))
      throw unsupported(`Tensor ${name} holds NaN or infinity at element ${i}; the checkpoint is damaged.`, { name });
  return values;
}

/** Opens a checkpoint directory. Throws `model-unsupported` when it is none. */
export async function openCheckpoint(directory: string): Promise<Checkpoint> {
  const config = await readJsonObject(join(directory, 'config.json'));
  if (!config)
    throw unsupported(`${directory} has no config.json. Point to the folder of a checkpoint.`, { file: directory });
  const files: Safetensors[] = [];
  const where = new Map<string, { file: Safetensors; entry: TensorEntry }>();
  const close = async (): Promise<void> => {
    await Promise.all(files.map((file) => file.close()));
  };
  try {
    for (const name of await shardNames(directory)) {
      const file = await openSafetensors(join(directory, name));
      files.push(file);
      for (const [tensor, entry] of file.tensors) {
        if (where.has(tensor)) throw unsupported(`Two shards hold the tensor ${tensor}.`, { name: tensor });
        where.set(tensor, { file, entry });
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  const tensor = (name: string, dims: readonly number[]): FloatTensor => {
    const found = where.get(name);
    if (!found) throw unsupported(`The checkpoint has no tensor ${name}, which its config.json calls for.`, { name });
    const shape = found.entry.shape;
    if (shape.join() !== dims.join())
      throw unsupported(`Tensor ${name} is [${shape.join(', ')}]; config.json calls for [${dims.join(', ')}].`, {
        name,
        shape: shape.join('x'),
        expected: dims.join('x'),
      });
    const read = async (): Promise<Float32Array> =>
      checkFinite(decode(await found.file.read(name), found.entry.dtype, name), name);
    return { key: name, dims, read };
  };
  return {
    directory,
    config,
    has: (name) => where.has(name),
    dims: (name) => where.get(name)?.entry.shape,
    tensor,
    close,
  };
}
