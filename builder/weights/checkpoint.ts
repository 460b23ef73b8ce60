/** Turns a checkpoint's files (config.json, one or several safetensors files) into named float tensors. */
import { AppError } from '../../contract/errors.ts';
import type { Source } from '../../contract/files.ts';
import { bfloatToFloat, halfToFloat } from './float.ts';
import type { LowRank } from '../parts/precision.ts';
import type { FloatTensor } from './float-tensor.ts';
import { openSafetensors, type Safetensors, type TensorEntry } from './safetensors.ts';

const MAX_JSON_BYTES = 64 * 1024 * 1024;
const MAX_SHARDS = 1000;

export interface Checkpoint {
  /** Where it was read from; its other files lie there too. */
  files: Source;
  /** config.json as parsed JSON, not yet checked. */
  config: Readonly<Record<string, unknown>>;
  has(name: string): boolean;
  /** The tensor, which must have these dims. Throws `model-unsupported` when it is missing or shaped otherwise. */
  tensor(name: string, dims: readonly number[]): FloatTensor;
  /** Dims of a tensor, undefined when there is none of that name. */
  dims(name: string): readonly number[] | undefined;
  /** The change that an adapter makes to a Linear (its name without `.weight`) and that is to stay apart from it. */
  change?(name: string): LowRank | undefined;
}

function unsupported(message: string, evidence: Record<string, string | number>, cause?: unknown): AppError {
  return new AppError('model-unsupported', message, evidence, cause);
}

/** A JSON file that must hold an object; undefined when there is no such file. */
export async function readJsonObject(files: Source, path: string): Promise<Record<string, unknown> | undefined> {
  const where = `${files.name}/${path}`;
  const size = await files.size(path);
  if (size === undefined) return undefined;
  if (size > MAX_JSON_BYTES) throw unsupported(`${where} is too large to be a configuration.`, { file: where });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(await files.read(path)));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw unsupported(`${where} is not JSON. Download or save the checkpoint again.`, { file: where }, cause);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw unsupported(`${where} does not hold a JSON object.`, { file: where });
  return json as Record<string, unknown>;
}

/** File names of the shards, from the index; each must be a plain name beside the index. */
async function shardNames(files: Source): Promise<string[]> {
  const index = await readJsonObject(files, 'model.safetensors.index.json');
  if (!index) return ['model.safetensors'];
  const map = index['weight_map'];
  if (typeof map !== 'object' || map === null) throw unsupported('The index has no weight_map.', { file: files.name });
  const names = [...new Set(Object.values(map as Record<string, unknown>))];
  if (names.length === 0 || names.length > MAX_SHARDS)
    throw unsupported(`The index names ${names.length} shards.`, { file: files.name });
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

/** Opens a checkpoint. Throws `model-unsupported` when it is none, and what the source throws. */
export async function openCheckpoint(files: Source): Promise<Checkpoint> {
  const config = await readJsonObject(files, 'config.json');
  if (!config)
    throw unsupported(`${files.name} has no config.json. Point to the folder of a checkpoint.`, { file: files.name });
  const where = new Map<string, { file: Safetensors; entry: TensorEntry }>();
  for (const name of await shardNames(files)) {
    const file = await openSafetensors(files, name);
    for (const [tensor, entry] of file.tensors) {
      if (where.has(tensor)) throw unsupported(`Two shards hold the tensor ${tensor}.`, { name: tensor });
      where.set(tensor, { file, entry });
    }
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
    files,
    config,
    has: (name) => where.has(name),
    dims: (name) => where.get(name)?.entry.shape,
    tensor,
  };
}
