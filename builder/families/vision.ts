/** Turns a checkpoint's tensors into the weights of its vision tower and connector. */
import type { ConnectorWeights } from '../parts/connector.ts';
import type { NormWeights } from '../parts/norms.ts';
import type { TowerLayer, TowerWeights } from '../parts/tower.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { type FloatTensor, plusFirstRow } from '../weights/float-tensor.ts';
import type { Keys } from './keys.ts';
import { linearOf, padInner, stackLinears } from './linears.ts';
import type { VisionConfig } from './vision-config.ts';

/** [rows, width]; a class row is one more position, with the class embedding added to it. */
function positionsOf(checkpoint: Checkpoint, c: VisionConfig, at: string): FloatTensor {
  const positions = checkpoint.tensor(`${at}position_embedding.weight`, [c.tower_rows, c.hidden_size]);
  if (!c.kind.class_row) return positions;
  const row = checkpoint.tensor(`${at}class_embedding`, [c.hidden_size]);
  return plusFirstRow(`${at}position_embedding.weight+class`, positions, row);
}

/** @param prefix where the tower's tensors start */
export function towerWeights(checkpoint: Checkpoint, c: VisionConfig, prefix: string): TowerWeights {
  const { hidden_size: width, intermediate_size: inner, patch_size: side } = c;
  const norm = (name: string): NormWeights => ({
    kind: 'layer',
    weight: checkpoint.tensor(`${name}.weight`, [width]),
    bias: checkpoint.tensor(`${name}.bias`, [width]),
    epsilon: c.layer_norm_eps,
  });
  const layer = (i: number): TowerLayer => {
    const at = `${prefix}encoder.layers.${i}`;
    const square = (name: string) => linearOf(checkpoint, `${at}.self_attn.${name}`, width, width);
    return {
      norm1: norm(`${at}.layer_norm1`),
      attention: {
        qkv: stackLinears(`${at}.self_attn.qkv_proj`, [square('q_proj'), square('k_proj'), square('v_proj')]),
        output: square('out_proj'),
      },
      norm2: norm(`${at}.layer_norm2`),
      mlp: {
        gate: null,
        up: padInner(inner, linearOf(checkpoint, `${at}.mlp.fc1`, inner, width), 'up'),
        down: padInner(inner, linearOf(checkpoint, `${at}.mlp.fc2`, width, inner), 'down'),
        activation: c.hidden_act,
      },
    };
  };
  const patch = `${prefix}embeddings.patch_embedding`;
  return {
    patch: {
      weight: checkpoint.tensor(`${patch}.weight`, [width, 3, side, side]),
      bias: checkpoint.has(`${patch}.bias`) ? checkpoint.tensor(`${patch}.bias`, [width]) : null,
    },
    positions: positionsOf(checkpoint, c, `${prefix}embeddings.`),
    class_row: c.kind.class_row,
    // The published name is misspelt.
    pre_norm: c.kind.class_row ? norm(`${prefix}pre_layrnorm`) : null,
    layers: Array.from({ length: c.used_layers }, (_, i) => layer(i)),
    heads: c.num_attention_heads,
    patch_size: side,
    dropped_rows: c.tower_rows - c.image_tokens,
  };
}

export function connectorWeights(
  checkpoint: Checkpoint,
  c: VisionConfig,
  { connector: [first, second] }: Keys,
): ConnectorWeights {
  return {
    first: linearOf(checkpoint, first, c.connector_size, c.hidden_size),
    second: linearOf(checkpoint, second, c.connector_size, c.connector_size),
  };
}
