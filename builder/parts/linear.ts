/** y = x · Wᵀ + b as graph nodes, with the weight stored as the precision says. */
import type { Graph, Value } from '../graph/graph.ts';
import { add, matmul } from '../graph/ops.ts';
import { plain, transposed } from '../graph/tensor.ts';
import { BLOCK } from '../quantise/blocks.ts';
import type { FloatTensor } from '../weights/float-tensor.ts';
import { blocks, int8Linear } from '../quantise/tensors.ts';
import type { LinearWeights, Precision } from './precision.ts';

/**
 * ```
 * x ┬ weight, bias ─────────────────┬ Add ─ y
 *   └ MatMul(downᵀ) ─ MatMul(upᵀ) ─┘             only where the layer has a low-rank change
 * ```
 * x [..., inputs] → y [..., outputs], both in the precision's activation type.
 */
export function linear(g: Graph, scope: string, x: Value, layer: LinearWeights, p: Precision): Value {
  const y = ownLinear(g, scope, x, layer, p);
  if (!layer.change) return y;
  const { down, up } = layer.change;
  const inner = matmul(g, `${scope}/lora_down/MatMul`, x, g.weight(transposed(down, p.activations)));
  const change = matmul(g, `${scope}/lora_up/MatMul`, inner, g.weight(transposed(up, p.activations)));
  return add(g, `${scope}/lora/Add`, y, change);
}

/**
 * ```
 * float32: x ─ MatMul(Wᵀ) ─ Add(b) ─ y
 * int8:    x ─ DynamicQuantizeMatMul(W, scales, b) ─ y      activations become uint8 inside
 *          x ┬ DynamicQuantizeMatMul ┬ Concat ─ Add(b) ─ y      a wide layer, bit for bit the same
 *            └ …                     ┘
 * blocks:  x ─ MatMulNBits(W, scales, b) ─ y
 * ```
 */
function ownLinear(g: Graph, scope: string, x: Value, { weight, bias }: LinearWeights, p: Precision): Value {
  const [outputs = 0, inputs = 0] = weight.dims;
  if (x.type !== p.activations) throw new Error(`${scope}: input is ${x.type}, precision says ${p.activations}`);
  if (p.weights === 'blocks') {
    const { values, scales } = blocks(weight, p.bits, p.activations, 'matmul');
    const b = bias ? g.weight(plain(bias, p.activations)) : null;
    const attributes = { K: inputs, N: outputs, bits: p.bits, block_size: BLOCK, accuracy_level: p.accuracy_level };
    const operands = [x, g.weight(values), g.weight(scales)];
    return g.op(`${scope}/MatMulNBits`, 'MatMulNBits', b ? [...operands, null, null, b] : operands, x.type, attributes);
  }
  if (p.activations !== 'float32') throw new Error(`${scope}: only block weights compute in ${p.activations}`);
  const b = bias ? g.weight(plain(bias, 'float32')) : null;
  if (p.weights === 'int8' && p.int8_parts && outputs > p.int8_parts.from) {
    const y = int8InParts(g, scope, x, weight, p.int8_parts.columns);
    return b ? add(g, `${scope}/Add`, y, b) : y;
  }
  if (p.weights === 'int8') {
    const { values, scales } = int8Linear(weight);
    const operands = [x, g.weight(values), g.weight(scales), null];
    return g.op(`${scope}/DynamicQuantizeMatMul`, 'DynamicQuantizeMatMul', b ? [...operands, b] : operands, 'float32');
  }
  const product = matmul(g, `${scope}/MatMul`, x, g.weight(transposed(weight)));
  return b ? add(g, `${scope}/Add`, product, b) : product;
}

/** Some outputs each; the activations are rounded alike in each part. */
function int8InParts(g: Graph, scope: string, x: Value, weight: FloatTensor, columns: number): Value {
  const [outputs = 0] = weight.dims;
  const parts: Value[] = [];
  for (let start = 0; start < outputs; start += columns) {
    const { values, scales } = int8Linear(weight, { start, end: Math.min(start + columns, outputs) });
    const operands = [x, g.weight(values), g.weight(scales), null];
    parts.push(g.op(`${scope}/${start}/DynamicQuantizeMatMul`, 'DynamicQuantizeMatMul', operands, 'float32'));
  }
  return g.op(`${scope}/Concat`, 'Concat', parts, 'float32', { axis: -1 });
}
