/** Turns a weight into 4- or 8-bit blocks of 32 with one searched scale each, as MatMulNBits wants it. */

export const BLOCK = 32;

export interface Blocks {
  /** [rows, blocks, 32 · bits / 8]; 4-bit: the even element is in the low half of a byte. Zero is 8 or 128. */
  packed: Uint8Array;
  /** [rows, blocks]; a scale may be negative. */
  scales: Float32Array;
}

/** Blocks in a row of `width` elements; the last one is filled with zeros. */
export function blockCount(width: number): number {
  return Math.ceil(width / BLOCK);
}

/**
 * What the largest element of a block is mapped to, in steps. −8 is the one code without a positive twin, so the
 * block's own sign decides which side gets it; other values let outliers clip or small elements keep more precision.
 */
const FOUR_BIT_TARGETS = [-8, -7.6, -7.2, -6.8, -6.4, -8.5, -9, -9.5, 7, 7.4, 7.8, 6.6];

/** Plain round-to-nearest: the largest magnitude maps to the last code. What the search is measured against. */
export const ROUND_TO_NEAREST = [7];

/** @param values [rows, width] */
export function quantiseBlocks(
  values: Float32Array,
  rows: number,
  width: number,
  bits: 4 | 8,
  targets: readonly number[] = bits === 4 ? FOUR_BIT_TARGETS : [127, -128],
): Blocks {
  const count = blockCount(width);
  const blockBytes = (BLOCK * bits) / 8;
  const packed = new Uint8Array(rows * count * blockBytes);
  const scales = new Float32Array(rows * count);
  const block = new Float64Array(BLOCK);
  const codes = new Int16Array(BLOCK);
  for (let r = 0; r < rows; r++)
    for (let b = 0; b < count; b++) {
      const from = r * width + b * BLOCK;
      const length = Math.min(BLOCK, width - b * BLOCK);
      block.fill(0);
      for (let i = 0; i < length; i++) block[i] = values[from + i] as number;
      const at = r * count + b;
      scales[at] = chooseScale(block, codes, bits, targets);
      pack(codes, bits, packed, at * blockBytes);
    }
  return { packed, scales };
}

/** Tries each target; keeps the codes whose best-fitting scale leaves the least squared error. */
function chooseScale(block: Float64Array, codes: Int16Array, bits: 4 | 8, targets: readonly number[]): number {
  let peak = 0;
  for (let i = 0; i < BLOCK; i++) {
    const value = block[i] as number;
    if (Math.abs(value) > Math.abs(peak)) peak = value;
  }
  if (peak === 0) {
    codes.fill(0);
    return 1;
  }
  let bestGain = -1;
  let bestScale = 1;
  let bestInverse = 0;
  for (const target of targets) {
    const inverse = target / peak;
    const { gain, scale } = fit(block, inverse, bits);
    if (gain > bestGain) {
      bestGain = gain;
      bestScale = scale;
      bestInverse = inverse;
    }
  }
  const low = -(2 ** (bits - 1));
  for (let i = 0; i < BLOCK; i++) codes[i] = clampRound((block[i] as number) * bestInverse, low);
  return bestScale;
}

const fitted = { gain: 0, scale: 0 };

/** For codes = round(block · inverse): the least-squares scale, and how much squared error it removes. */
function fit(block: Float64Array, inverse: number, bits: 4 | 8): { gain: number; scale: number } {
  const low = -(2 ** (bits - 1));
  let product = 0;
  let square = 0;
  for (let i = 0; i < BLOCK; i++) {
    const value = block[i] as number;
    const code = clampRound(value * inverse, low);
    product += value * code;
    square += code * code;
  }
  fitted.scale = square === 0 ? 1 : product / square;
  fitted.gain = square === 0 ? 0 : (product * product) / square;
  return fitted;
}

/** Adding and taking away 1.5 · 2^52 leaves a whole number (ties to even), several times faster than Math.round. */
const WHOLE = 6755399441055744;

function clampRound(value: number, low: number): number {
  const rounded = value + WHOLE - WHOLE;
  return rounded < low ? low : rounded > -low - 1 ? -low - 1 : rounded;
}

function pack(codes: Int16Array, bits: 4 | 8, packed: Uint8Array, at: number): void {
  if (bits === 8) {
    for (let i = 0; i < BLOCK; i++) packed[at + i] = (codes[i] as number) + 128;
    return;
  }
  for (let i = 0; i < BLOCK; i += 2)
    packed[at + i / 2] = ((codes[i] as number) + 8) | (((codes[i + 1] as number) + 8) << 4);
}

/** The values that the blocks stand for, [rows, width]. */
export function dequantiseBlocks({ packed, scales }: Blocks, rows: number, width: number, bits: 4 | 8): Float32Array {
  const count = blockCount(width);
  const values = new Float32Array(rows * width);
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < width; k++) {
      const at = r * count * BLOCK + k;
      const byte = packed[bits === 8 ? at : at >> 1] as number;
      const code = bits === 8 ? byte - 128 : (at & 1 ? byte >> 4 : byte & 15) - 8;
      values[r * width + k] = code * (scales[r * count + Math.floor(k / BLOCK)] as number);
    }
  return values;
}
