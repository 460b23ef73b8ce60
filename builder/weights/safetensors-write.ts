/** Turns named float arrays into a safetensors file; for the checkpoints that tests and size measurements make up. */
import type { Sink } from '../../contract/files.ts';
import { floatToHalf, type FloatName } from './float.ts';
import { elements } from './float-tensor.ts';

export interface NamedDims {
  name: string;
  dims: readonly number[];
}

export interface NamedArray extends NamedDims {
  values: Float32Array;
}

const DTYPE: Readonly<Record<FloatName, string>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' };
const BYTES: Readonly<Record<FloatName, number>> = { float32: 4, float16: 2, bfloat16: 2 };

/** Bytes of a tensor's data in a file of this type. */
export function tensorBytes({ dims }: NamedDims, type: FloatName): number {
  return elements(dims) * BYTES[type];
}

/** Float32 numbers as bfloat16 bits, rounded to nearest even. */
function floatToBfloat(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(words.length);
  // Plain loops: a full-size checkpoint has billions of numbers.
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    bits[i] = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return bits;
}

function encode(values: Float32Array, type: FloatName): Uint8Array {
  const typed = type === 'float32' ? values : type === 'float16' ? floatToHalf(values) : floatToBfloat(values);
  return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
}

/** Length and JSON header of a file that holds these tensors one after another. */
function encodeHeader(tensors: readonly NamedDims[], type: FloatName): Uint8Array {
  const header: Record<string, { dtype: string; shape: readonly number[]; data_offsets: [number, number] }> = {};
  let offset = 0;
  for (const tensor of tensors) {
    const end = offset + tensorBytes(tensor, type);
    header[tensor.name] = { dtype: DTYPE[type], shape: tensor.dims, data_offsets: [offset, end] };
    offset = end;
  }
  let json = JSON.stringify(header);
  // The data starts on a multiple of 8, so that readers may map it.
  json += ' '.repeat((8 - (json.length % 8)) % 8);
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

/** The bytes of a safetensors file. */
export function encodeSafetensors(arrays: readonly NamedArray[], type: FloatName): Uint8Array<ArrayBuffer> {
  const parts = [encodeHeader(arrays, type), ...arrays.map(({ values }) => encode(values, type))];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Writes a safetensors file piece by piece; `piecesOf` gives a tensor's numbers in order, all of them. */
export async function writeSafetensors<T extends NamedDims>(
  sink: Sink,
  path: string,
  tensors: readonly T[],
  type: FloatName,
  piecesOf: (tensor: T) => Iterable<Float32Array>,
): Promise<void> {
  let at = 0;
  const append = async (bytes: Uint8Array): Promise<void> => {
    await sink.write(path, at, bytes);
    at += bytes.length;
  };
  await append(encodeHeader(tensors, type));
  for (const tensor of tensors) for (const piece of piecesOf(tensor)) await append(encode(piece, type));
}
