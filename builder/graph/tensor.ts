/** Tensors as a graph stores them: element type, dims, and bytes that are made only when they are written. */
import { floatToHalf } from '../weights/float.ts';
import { elements, type FloatTensor, transpose } from '../weights/float-tensor.ts';
import type { Computed } from './computed.ts';

export type DType = 'float32' | 'float16' | 'int64' | 'int32' | 'int8' | 'uint8' | 'bool';

export const DTYPE_BYTES: Readonly<Record<DType, number>> = {
  float32: 4,
  float16: 2,
  int64: 8,
  int32: 4,
  int8: 1,
  uint8: 1,
  bool: 1,
};

export interface Tensor {
  /** Initialiser name in a graph. */
  readonly name: string;
  /** Names the bytes: tensors of equal `blob` are stored once, whatever their names and dims. */
  readonly blob: string;
  /** What the bytes are computed from; tensors of one source are written together, so it is read once. */
  readonly source: string;
  readonly type: DType;
  readonly dims: readonly number[];
  /** @param computed of the pass that asks */
  bytes(computed: Computed): Promise<Uint8Array>;
}

/** Bytes that a tensor takes. */
export function byteLength(tensor: Pick<Tensor, 'type' | 'dims'>): number {
  return elements(tensor.dims) * DTYPE_BYTES[tensor.type];
}

function view(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The numbers as they are, in float32 or rounded to float16. */
export function plain(tensor: FloatTensor, type: 'float32' | 'float16'): Tensor {
  const name = type === 'float32' ? tensor.key : `${tensor.key}.${type}`;
  const bytes = async (): Promise<Uint8Array> => {
    const values = await tensor.read();
    return view(type === 'float32' ? values : floatToHalf(values));
  };
  return { name, blob: name, source: tensor.key, type, dims: tensor.dims, bytes };
}

/** A Linear weight [out, in] as MatMul wants it: [in, out]. */
export function transposed(tensor: FloatTensor, type: 'float32' | 'float16' = 'float32'): Tensor {
  const [rows = 0, columns = 0] = tensor.dims;
  const turned = { ...tensor, key: `${tensor.key}.transposed`, dims: [columns, rows] };
  const read = async (): Promise<Float32Array> => transpose(await tensor.read(), rows, columns);
  return { ...plain({ ...turned, read }, type), source: tensor.key };
}

/** int32 numbers in memory. */
export function int32(name: string, dims: readonly number[], values: () => Int32Array): Tensor {
  return { name, blob: name, source: name, type: 'int32', dims, bytes: async () => view(values()) };
}
