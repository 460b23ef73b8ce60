/** Turns float16 and bfloat16 bit patterns into float32 numbers, and float32 numbers into float16 bits. */

const scratch = new DataView(new ArrayBuffer(4));

function decodeHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halfTable: Float32Array | undefined;

/** All 65536 float16 values; a lookup is several times faster than decoding. */
function halves(): Float32Array {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, bits) => decodeHalf(bits));
  return halfTable;
}

/** Values of float16 bit patterns, exactly. */
export function halfToFloat(bits: Uint16Array): Float32Array {
  const table = halves();
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i] as number] as number;
  return values;
}

/** Values of bfloat16 bit patterns (the upper half of a float32), exactly. */
export function bfloatToFloat(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = (bits[i] as number) << 16;
  return new Float32Array(words.buffer);
}

/** The nearest float16 bit pattern (ties to even); beyond 65504 it becomes infinity. */
export function toHalf(value: number): number {
  scratch.setFloat32(0, value);
  const word = scratch.getUint32(0);
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds to infinity
  // Below 2^-14 a float16 is subnormal: its fraction counts multiples of 2^-24.
  if (magnitude < 0x38800000) return sign | roundEven(Math.abs(value) * 2 ** 24);
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5 || (rest === 0.5 && floor % 2 === 1)) return floor + 1;
  return floor;
}

/** The nearest float16 bit pattern of every value. */
export function floatToHalf(values: Float32Array): Uint16Array {
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = toHalf(values[i] as number);
  return bits;
}

/** The float types that checkpoints are stored in. */
export type FloatName = 'float32' | 'float16' | 'bfloat16';

/** The nearest number (ties to even) that the type can hold. */
export function roundTo(type: FloatName, value: number): number {
  if (type === 'float16') return decodeHalf(toHalf(value));
  scratch.setFloat32(0, value);
  if (type === 'bfloat16') {
    const word = scratch.getUint32(0);
    scratch.setUint32(0, (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000);
  }
  return scratch.getFloat32(0);
}
