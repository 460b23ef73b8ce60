/** Quantised weights as graph tensors: each names its bytes by what they are, so that variants share them. */
import type { FloatTensor } from '../weights/float-tensor.ts';
import { floatToHalf } from '../weights/float.ts';
import type { Computed } from '../graph/computed.ts';
import type { DType, Tensor } from '../graph/tensor.ts';
import { BLOCK, type Blocks, blockCount, quantiseBlocks } from './blocks.ts';
import { type Int8Columns, quantiseColumns, quantiseRows } from './int8.ts';

export interface Quantised {
  values: Tensor;
  scales: Tensor;
}

function read(tensor: FloatTensor, computed: Computed): Promise<Float32Array> {
  return computed.once(tensor, 'read', () => tensor.read());
}

function view(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function tensor(
  source: FloatTensor,
  suffix: string,
  type: DType,
  dims: readonly number[],
  bytes: Tensor['bytes'],
): Tensor {
  const name = `${source.key}.${suffix}`;
  return { name, blob: name, source: source.key, type, dims, bytes };
}

/**
 * Linear weight [n, k] → int8 [k, n] and float32 scales [n].
 * @param part outputs `start` to `end` alone; @default all
 */
export function int8Linear(weight: FloatTensor, part?: { start: number; end: number }): Quantised {
  const [n = 0, k = 0] = weight.dims;
  const { start, end } = part ?? { start: 0, end: n };
  const outputs = end - start;
  const suffix = part ? `.${start}-${end}` : '';
  const make = (computed: Computed): Promise<Int8Columns> =>
    computed.once(weight, `int8${suffix}`, async () =>
      quantiseColumns((await read(weight, computed)).subarray(start * k, end * k), outputs, k),
    );
  return {
    values: tensor(weight, `int8${suffix}`, 'int8', [k, outputs], async (computed) =>
      view((await make(computed)).values),
    ),
    scales: tensor(weight, `int8_scales${suffix}`, 'float32', [outputs], async (computed) =>
      view((await make(computed)).scales),
    ),
  };
}

/** Table [rows, width] → int8 of the same shape and float32 scales [rows, 1]. */
export function int8Rows(table: FloatTensor): Quantised {
  const [rows = 0, width = 0] = table.dims;
  const make = (computed: Computed): Promise<Int8Columns> =>
    computed.once(table, 'int8 rows', async () => quantiseRows(await read(table, computed), rows, width));
  return {
    values: tensor(table, 'int8_rows', 'int8', [rows, width], async (computed) => view((await make(computed)).values)),
    scales: tensor(table, 'int8_rows_scales', 'float32', [rows, 1], async (computed) =>
      view((await make(computed)).scales),
    ),
  };
}

/**
 * Weight or table [n, k] → 4- or 8-bit blocks of 32 along k.
 * @param layout `matmul` gives dims [n, blocks, bytes] with a filled last block, `gather` [n, bytes] without filling;
 *   for whole blocks the bytes are the same and are stored once (tied embeddings)
 */
export function blocks(
  weight: FloatTensor,
  bits: 4 | 8,
  scaleType: 'float32' | 'float16',
  layout: 'matmul' | 'gather',
): Quantised {
  const [n = 0, k = 0] = weight.dims;
  if ((k * bits) % 8 !== 0) throw new Error(`${weight.key}: rows of ${k} do not fill whole bytes`);
  const count = blockCount(k);
  const filledBytes = (count * BLOCK * bits) / 8;
  const rowBytes = layout === 'matmul' ? filledBytes : (k * bits) / 8;
  const make = (computed: Computed): Promise<Blocks> =>
    computed.once(weight, `blocks ${bits}`, async () => quantiseBlocks(await read(weight, computed), n, k, bits));
  const dims = layout === 'matmul' ? [n, count, filledBytes / count] : [n, rowBytes];
  const values = tensor(weight, `q${bits}`, 'uint8', dims, async (computed) => {
    const { packed } = await make(computed);
    return rowBytes === filledBytes ? packed : trimRows(packed, n, filledBytes, rowBytes);
  });
  const scales = tensor(weight, `q${bits}_scales.${scaleType}`, scaleType, [n, count], async (computed) => {
    const { scales: exact } = await make(computed);
    return view(scaleType === 'float32' ? exact : floatToHalf(exact));
  });
  if (layout === 'matmul') return { values, scales };
  // Both layouts may stand in one graph, so each has a name; the bytes have one where they are equal.
  const name = `${values.name}.rows`;
  return { values: { ...values, name, blob: rowBytes === filledBytes ? values.blob : name }, scales };
}

function trimRows(packed: Uint8Array, rows: number, from: number, to: number): Uint8Array {
  const trimmed = new Uint8Array(rows * to);
  for (let r = 0; r < rows; r++) trimmed.set(packed.subarray(r * from, r * from + to), r * to);
  return trimmed;
}
