/** Rotary position tables, and the head layout that GroupQueryAttention needs to use them. */
import { type FloatName, roundTo } from '../weights/float.ts';
import { type FloatTensor, given } from '../weights/float-tensor.ts';

/** The operator reads this many cosines at a time, and wants heads of whole multiples of HEAD_STEP. */
const TABLE_STEP = 8;
const HEAD_STEP = 16;

function tableWidth(rotaryDim: number): number {
  return Math.ceil(rotaryDim / 2 / TABLE_STEP) * TABLE_STEP;
}

/**
 * Which dimension of a head stands where: entry i is the checkpoint's dimension at place i, −1 a zero.
 * Rotary turns pairs (j, j + rotary / 2); when the half is too narrow for the operator, zeros widen both halves, and
 * zeros at the end fill up the head. Queries, keys, values and the output share the layout, so that every product is
 * the same to the last bit. Published models (rotary 32 of 80, 32 of 64, 256 of 256) need no filling.
 * ```
 * rotary 8 of 20:  0 1 2 3 · · · · 4 5 6 7 · · · · 8 9 … 19 · · · ·
 * ```
 */
export function headLayout(headDim: number, rotaryDim: number): number[] {
  const half = rotaryDim / 2;
  const width = tableWidth(rotaryDim);
  const layout: number[] = [];
  for (let part = 0; part < 2; part++) for (let j = 0; j < width; j++) layout.push(j < half ? part * half + j : -1);
  for (let d = rotaryDim; d < headDim; d++) layout.push(d);
  while (layout.length % HEAD_STEP !== 0) layout.push(-1);
  return layout;
}

/**
 * cos or sin of position · theta^(−2j/dim), [length, width]; columns that only fill up turn by nothing.
 * Every step is rounded to float32 as the reference implementation does: at position 2000 the difference would show.
 * @param dtype what the frequencies are rounded to: a model cast to float16 in memory has them rounded with it
 */
export function rotaryTable(
  kind: 'cos' | 'sin',
  length: number,
  dim: number,
  theta: number,
  dtype: FloatName,
): FloatTensor {
  const width = tableWidth(dim);
  const values = (): Float32Array => {
    const table = new Float32Array(length * width).fill(kind === 'cos' ? 1 : 0);
    for (let j = 0; j < dim / 2; j++) {
      const exact = Math.fround(1 / Math.fround(theta ** Math.fround((2 * j) / dim)));
      const frequency = roundTo(dtype, exact);
      for (let t = 0; t < length; t++) table[t * width + j] = Math[kind](Math.fround(t * frequency));
    }
    return table;
  };
  return given(`rotary.${kind}.${length}x${dim}.${theta}.${dtype}`, [length, width], values);
}
