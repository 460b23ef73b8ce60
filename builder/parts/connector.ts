/** The connector (mlp2x_gelu): vision features → rows in the language model's embedding space. */
import type { Graph, Value } from '../graph/graph.ts';
import { linear } from './linear.ts';
import { activate } from './mlp.ts';
import type { LinearWeights, Precision } from './precision.ts';

export interface ConnectorWeights {
  first: LinearWeights;
  second: LinearWeights;
}

/**
 * ```
 * features [n·P, V] ─ first ─ Gelu (exact, erf) ─ second ─ image_embeds [n·P, D]
 * ```
 */
export function connector(g: Graph, scope: string, features: Value, w: ConnectorWeights, p: Precision): Value {
  const inner = activate(g, `${scope}/act`, linear(g, `${scope}/first`, features, w.first, p), 'gelu');
  return linear(g, `${scope}/second`, inner, w.second, p);
}
