/** Turns named float arrays into a safetensors file; for the small checkpoints that tests make. */
import { writeFile } from 'node:fs/promises';
import { floatToHalf, type FloatName } from './float.ts';

export interface NamedArray {
  name: string;
  dims: readonly number[];
  values: Float32Array;
}

const DTYPE: Readonly<Record<FloatName, string>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' };

function encode(values: Float32Array, type: FloatName): Uint8Array {
  if (type === 'float32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (type === 'float16') return new Uint8Array(floatToHalf(values).buffer);
  const words = new Uint32Array(Float32Array.from(values).buffer);
  return new Uint8Array(Uint16Array.from(words, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16).buffer);
}

/** The bytes of a safetensors file. */
export function encodeSafetensors(arrays: readonly NamedArray[], type: FloatName): Uint8Array {
  const header: Record<string, { dtype: string; shape: readonly number[]; data_offsets: [number, number] }> = {};
  const bodies = arrays.map(({ values }) => encode(values, type));
  let offset = 0;
  for (const [i, { name, dims }] of arrays.entries()) {
    const end = offset + (bodies[i]?.length ?? 0);
    header[name] = { dtype: DTYPE[type], shape: dims, data_offsets: [offset, end] };
    offset = end;
  }
  let json = JSON.stringify(header);
  // The data starts on a multiple of 8, so that readers may map it.
  json += ' '.repeat((8 - (json.length % 8)) % 8);
  const head = new TextEncoder().encode(json);
  const file = new Uint8Array(8 + head.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(head.length), true);
  file.set(head, 8);
  let at = 8 + head.length;
  for (const body of bodies) {
    file.set(body, at);
    at += body.length;
  }
  return file;
}

export async function writeSafetensors(path: string, arrays: readonly NamedArray[], type: FloatName): Promise<void> {
  await writeFile(path, encodeSafetensors(arrays, type));
}
