/** How a variant stores its weights and in which type it computes. */
import type { FloatTensor } from '../weights/float-tensor.ts';

export type ActivationType = 'float32' | 'float16';

export interface Precision {
  /** `blocks` are MatMulNBits weights; `int8` are for CPUs, quantised activations included. */
  weights: 'float32' | 'int8' | 'blocks';
  /** Bits of block weights in attention and MLP. */
  bits: 4 | 8;
  /** Bits of the token embedding and the output head. */
  table_bits: 4 | 8;
  activations: ActivationType;
  /** int8 layers of more outputs than `from` are computed in parts of `columns` each; absent: all in one piece. */
  int8_parts?: { from: number; columns: number };
  /** MatMulNBits attribute: 0 computes in the activation type, 4 may round activations to int8 for speed. */
  accuracy_level: 0 | 4;
}

/** A low-rank change of a weight, up · down: down [rank, inputs], up [outputs, rank], its scale multiplied in. */
export interface LowRank {
  down: FloatTensor;
  up: FloatTensor;
}

/** A Linear layer's parameters: weight [outputs, inputs], bias [outputs]. */
export interface LinearWeights {
  weight: FloatTensor;
  bias: FloatTensor | null;
  /** Computed beside the weight, which stays as it is. */
  change?: LowRank;
}

/** The same precision, computing in float32. */
export function inFloat32(precision: Precision): Precision {
  return { ...precision, activations: 'float32' };
}
