/** The vision graph: pixel_values → image_embeds, tower and connector in one session run. */
import { Graph } from './graph/graph.ts';
import { cast, reshape } from './graph/ops.ts';
import { connector, type ConnectorWeights } from './parts/connector.ts';
import type { ActivationType, Precision } from './parts/precision.ts';
import { tower, type TowerWeights } from './parts/tower.ts';
import type { VisionConfig } from './families/vision-config.ts';

/**
 * ```
 * pixel_values float32 [n,3,H,W] ─ tower ─ [n,P,V] ─ Reshape ─ [n·P,V] ─ connector ─ image_embeds [n·P,D]
 * ```
 * @param boundary element type of the output
 * @param output what the graph calls it
 */
export function visionGraph(
  c: VisionConfig,
  weights: { tower: TowerWeights; connector: ConnectorWeights },
  p: Precision,
  boundary: ActivationType,
  output = 'image_embeds',
): Graph {
  const g = new Graph('vision');
  const input = g.input('pixel_values', 'float32', ['pictures', 3, c.image_size, c.image_size]);
  const pixels = cast(g, '/vision/Cast', input, p.activations);
  const features = tower(g, '/vision', pixels, weights.tower, p);
  const rows = reshape(g, '/connector/Reshape', features, [-1, c.hidden_size]);
  const embeds = connector(g, '/connector', rows, weights.connector, p);
  g.output(output, cast(g, '/connector/Cast', embeds, boundary), ['rows', c.connector_size]);
  return g;
}
