/** Feed-forward blocks as graph nodes: plain (fc1, activation, fc2) and gated (act(gate) · up, down). */
import type { Graph, Value } from '../graph/graph.ts';
import { cast, mul } from '../graph/ops.ts';
import { linear } from './linear.ts';
import { inFloat32, type LinearWeights, type Precision } from './precision.ts';

export type Activation = 'gelu' | 'gelu_tanh' | 'quick_gelu' | 'silu';

export interface MlpWeights {
  /** null: the plain kind. */
  gate: LinearWeights | null;
  up: LinearWeights;
  down: LinearWeights;
  activation: Activation;
}

/** x → act(x), one node. SiLU is QuickGelu with alpha 1. */
export function activate(g: Graph, scope: string, x: Value, activation: Activation): Value {
  switch (activation) {
    case 'gelu':
      return g.op(`${scope}/Gelu`, 'Gelu', [x], x.type, { approximate: 'none' });
    case 'gelu_tanh':
      return g.op(`${scope}/Gelu`, 'Gelu', [x], x.type, { approximate: 'tanh' });
    case 'quick_gelu':
      return g.op(`${scope}/QuickGelu`, 'QuickGelu', [x], x.type, { alpha: { float: 1.702 } });
    case 'silu':
      return g.op(`${scope}/QuickGelu`, 'QuickGelu', [x], x.type, { alpha: { float: 1 } });
  }
}

/**
 * ```
 * plain: x ─ up ─ act ─ down          gated: x ┬ gate ─ act ┬ Mul ─ down
 *                                              └ up ────────┘
 * ```
 * `wideDown`: the down projection sums in float32 even in a float16 graph, because its inputs are large.
 */
export function mlp(g: Graph, scope: string, x: Value, w: MlpWeights, p: Precision, wideDown = false): Value {
  const up = linear(g, `${scope}/up`, x, w.up, p);
  let inner: Value;
  if (w.gate) {
    const gate = activate(g, `${scope}/act`, linear(g, `${scope}/gate`, x, w.gate, p), w.activation);
    inner = mul(g, `${scope}/Mul`, gate, up);
  } else {
    inner = activate(g, `${scope}/act`, up, w.activation);
  }
  const downPrecision = wideDown ? inFloat32(p) : p;
  const widened = cast(g, `${scope}/down/widen`, inner, downPrecision.activations);
  const down = linear(g, `${scope}/down`, widened, w.down, downPrecision);
  return cast(g, `${scope}/down/narrow`, down, p.activations);
}
