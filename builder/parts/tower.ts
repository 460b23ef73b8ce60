/** The vision tower (SigLIP or CLIP): pixel_values → features of the chosen layer, as graph nodes. */
import type { Graph, Value } from '../graph/graph.ts';
import { add, dropRows, reshape, transposeAxes, zeroRowBefore } from '../graph/ops.ts';
import { plain } from '../graph/tensor.ts';
import type { FloatTensor } from '../weights/float-tensor.ts';
import { type AttentionWeights, fullAttention } from './attention.ts';
import { mlp, type MlpWeights } from './mlp.ts';
import { norm, type NormWeights } from './norms.ts';
import type { Precision } from './precision.ts';

export interface TowerLayer {
  norm1: NormWeights;
  attention: AttentionWeights;
  norm2: NormWeights;
  mlp: MlpWeights;
}

export interface TowerWeights {
  /** [D, 3, patch, patch] and [D] */
  patch: { weight: FloatTensor; bias: FloatTensor | null };
  /** [R, D]: R = P patches, or 1 + P with a class row, whose embedding is then added to row 0. */
  positions: FloatTensor;
  class_row: boolean;
  /** Before the first layer; null in SigLIP. */
  pre_norm: NormWeights | null;
  /** Only the layers that the chosen features need. */
  layers: TowerLayer[];
  heads: number;
  patch_size: number;
  /** Rows at the front that are no features: the class row. */
  dropped_rows: number;
}

/**
 * ```
 * SigLIP: pixel_values [n,3,H,W] ─ Conv ─ Reshape, Transpose ─ [n,P,D] ─ Add(positions) ─ layers ─ [n,P,D]
 * CLIP:   … [n,P,D] ─ Pad ─ [n,1+P,D] ─ Add(positions, class in row 0) ─ norm ─ layers ─ Slice ─ [n,P,D]
 *
 * layer: x ─┬ norm1 ─ attention ─ Add ─┬ norm2 ─ mlp ─ Add ─
 *           └──────────────────────┘   └──────────────┘
 * ```
 */
export function tower(g: Graph, scope: string, pixels: Value, w: TowerWeights, p: Precision): Value {
  let x = towerStem(g, scope, pixels, w, p);
  for (const [i, layer] of w.layers.entries()) x = towerLayer(g, `${scope}/layers.${i}`, x, layer, w.heads, p);
  return towerFeatures(g, scope, x, w);
}

/** Patches, class row and positions: pixel_values [n, 3, H, W] → [n, R, D]. */
export function towerStem(g: Graph, scope: string, pixels: Value, w: TowerWeights, p: Precision): Value {
  const [rows = 0, width = 0] = w.positions.dims;
  const side = w.patch_size;
  const patchInputs = [w.patch.weight, ...(w.patch.bias ? [w.patch.bias] : [])];
  const patches = g.op(
    `${scope}/patch_embedding/Conv`,
    'Conv',
    [pixels, ...patchInputs.map((tensor) => g.weight(plain(tensor, p.activations)))],
    p.activations,
    { kernel_shape: [side, side], strides: [side, side] },
  );
  const count = rows - (w.class_row ? 1 : 0);
  const flat = reshape(g, `${scope}/patch_embedding/Reshape`, patches, [0, width, count]); // [n, D, P]
  let x = transposeAxes(g, `${scope}/patch_embedding/Transpose`, flat, [0, 2, 1]); // [n, P, D]
  if (w.class_row) x = zeroRowBefore(g, `${scope}/class_row/Pad`, x);
  x = add(g, `${scope}/position_embedding/Add`, x, g.weight(plain(w.positions, p.activations)));
  return w.pre_norm ? norm(g, `${scope}/pre_norm`, x, w.pre_norm) : x;
}

/** Output of the last layer [n, R, D] → the rows that are features. */
export function towerFeatures(g: Graph, scope: string, x: Value, w: TowerWeights): Value {
  return dropRows(g, `${scope}/features/Slice`, x, w.dropped_rows);
}

/** x [n, R, D] → [n, R, D] */
export function towerLayer(g: Graph, at: string, x: Value, layer: TowerLayer, heads: number, p: Precision): Value {
  const normed = norm(g, `${at}/norm1`, x, layer.norm1);
  const y = add(g, `${at}/attn/Add`, x, fullAttention(g, `${at}/attn`, normed, layer.attention, heads, p));
  return add(g, `${at}/mlp/Add`, y, mlp(g, `${at}/mlp`, norm(g, `${at}/norm2`, y, layer.norm2), layer.mlp, p));
}
