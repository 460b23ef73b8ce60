/** LayerNorm and RMSNorm as graph nodes. */
import type { Graph, Value } from '../graph/graph.ts';
import { plain } from '../graph/tensor.ts';
import type { FloatTensor } from '../weights/float-tensor.ts';

/** Without `bias` it is a LayerNorm of kind RMS: no mean is subtracted. */
export interface NormWeights {
  kind: 'layer' | 'rms';
  weight: FloatTensor;
  bias: FloatTensor | null;
  epsilon: number;
}

/** x [..., D] → [..., D] in the type of x. */
export function norm(g: Graph, scope: string, x: Value, { kind, weight, bias, epsilon }: NormWeights): Value {
  if (x.type !== 'float32' && x.type !== 'float16') throw new Error(`${scope}: a norm of ${x.type}`);
  const parameters = [weight, ...(bias ? [bias] : [])].map((parameter) =>
    g.weight(plain(parameter, x.type as 'float32')),
  );
  const op = kind === 'layer' ? 'LayerNormalization' : 'SimplifiedLayerNormalization';
  return g.op(`${scope}/${op}`, op, [x, ...parameters], x.type, { axis: -1, epsilon: { float: epsilon } });
}
