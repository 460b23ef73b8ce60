/** Token ids and image slots → rows of the embedding table and of image_embeds, as graph nodes. */
import type { Graph, Value } from '../graph/graph.ts';
import { cast, gather, less, mul, where } from '../graph/ops.ts';
import { int32, plain } from '../graph/tensor.ts';
import { BLOCK } from '../quantise/blocks.ts';
import { blocks, int8Rows } from '../quantise/tensors.ts';
import type { FloatTensor } from '../weights/float-tensor.ts';
import type { Precision } from './precision.ts';

/** A float table of up to this size is kept as it is in float32 models. */
type Table = FloatTensor;

/** ids int32 or int64 [1, S] → [1, S, D] in the activation type. */
export function tokenRows(g: Graph, scope: string, ids: Value, table: Table, p: Precision): Value {
  if (p.weights === 'blocks') {
    const { values, scales } = blocks(table, p.table_bits, p.activations, 'gather');
    const attributes = { bits: p.table_bits, block_size: BLOCK, gather_axis: 0, quantize_axis: 1 };
    const inputs = [g.weight(values), ids, g.weight(scales)];
    return g.op(`${scope}/GatherBlockQuantized`, 'GatherBlockQuantized', inputs, p.activations, attributes);
  }
  if (p.weights === 'int8') {
    const { values, scales } = int8Rows(table);
    const rows = cast(g, `${scope}/Cast`, gather(g, `${scope}/Gather`, g.weight(values), ids), 'float32');
    return mul(g, `${scope}/Mul`, rows, gather(g, `${scope}/scales/Gather`, g.weight(scales), ids));
  }
  return gather(g, `${scope}/Gather`, g.weight(plain(table, 'float32')), ids);
}

/**
 * ```
 * input_ids ┬ Gather(token_of_id) ─ token rows of the table ──┐
 *  [1,S]    ├ Gather(row_of_id) ─── Gather(image_embeds) ─────┤ Where ─ [1,S,D]
 *           └ Gather(slot_of_id) ── Less(0) ── [1,S,1] ───────┘
 * ```
 * An id below the vocabulary is a token, vocab_size + r is row r of image_embeds. Small int32 tables, looked up by
 * id, stand in for int64 arithmetic: WebGPU can gather with int64 indices but neither cast, add nor compare int64.
 * An id outside the tables is an error on the CPU instead of a wrong answer.
 */
export function embed(
  g: Graph,
  scope: string,
  inputIds: Value,
  imageEmbeds: Value,
  table: Table,
  maxLength: number,
  p: Precision,
): Value {
  const vocab = table.dims[0] ?? 0;
  const count = vocab + maxLength;
  const lookup = (name: string, dims: readonly number[], f: (id: number) => number): Value => {
    const values = (): Int32Array => Int32Array.from({ length: count }, (_, id) => f(id));
    const tensor = int32(`${name}.${vocab}+${maxLength}`, dims, values);
    return gather(g, `${scope}/${name}/Gather`, g.weight(tensor), inputIds);
  };
  const tokens = lookup('token_of_id', [count], (id) => (id < vocab ? id : 0));
  const rows = lookup('row_of_id', [count], (id) => (id < vocab ? 0 : id - vocab));
  const slots = lookup('slot_of_id', [count, 1], (id) => id - vocab); // [1, S, 1]
  const isToken = less(g, `${scope}/Less`, slots, g.constant('int32', [1], [0]));
  const text = tokenRows(g, `${scope}/tokens`, tokens, table, p);
  const image = cast(g, `${scope}/image/Cast`, gather(g, `${scope}/image/Gather`, imageEmbeds, rows), p.activations);
  return where(g, `${scope}/Where`, isToken, text, image);
}
