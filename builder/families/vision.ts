/** Turns a checkpoint's vision_config and tensors into the weights of its vision tower and connector. */
import type { ConnectorWeights } from '../parts/connector.ts';
import type { Activation } from '../parts/mlp.ts';
import type { NormWeights } from '../parts/norms.ts';
import type { TowerLayer, TowerWeights } from '../parts/tower.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { type Config, optionalText, real, section, unusable, whole, word } from './config.ts';
import { linearOf, padInner, stackLinears } from './language.ts';

export interface VisionConfig {
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  image_size: number;
  patch_size: number;
  layer_norm_eps: number;
  hidden_act: Activation;
  /** Layers that run; the published models take the penultimate layer's output. */
  used_layers: number;
  /** Rows that one picture gives. */
  image_tokens: number;
  /** Width of the connector's output: the language model's hidden size. */
  connector_size: number;
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu_pytorch_tanh: 'gelu_tanh',
  gelu_new: 'gelu_tanh',
  gelu: 'gelu',
  quick_gelu: 'quick_gelu',
};

/** Reads the nested numbers, never defaults: the published classes' own defaults are another model's. */
export function readVisionConfig(config: Config): VisionConfig {
  const nested = section(config, 'vision_config');
  const tower = section(nested, 'vision_tower');
  const projector = section(nested, 'mm_projector');
  word(projector, 'mm_projector_type', { mlp2x_gelu: true });
  const name = optionalText(tower, 'vision_model_name_or_path', optionalText(tower, 'model_type', '')).toLowerCase();
  if (!name.includes('siglip'))
    throw unusable('vision_config.vision_tower', `is "${name}"; SigLIP towers can be built`);
  const layers = whole(tower, 'num_hidden_layers', 512);
  const select = whole(tower, 'mm_vision_select_layer', layers, -2, -layers - 1);
  const image_size = whole(tower, 'image_size', 4096);
  const patch_size = whole(tower, 'patch_size', image_size);
  const hidden_size = whole(tower, 'hidden_size', 1 << 16);
  const num_attention_heads = whole(tower, 'num_attention_heads', 1024);
  if (hidden_size % num_attention_heads !== 0) throw unusable('num_attention_heads', 'does not divide the hidden size');
  whole(tower, 'num_channels', 3, 3, 3);
  return {
    hidden_size,
    intermediate_size: whole(tower, 'intermediate_size', 1 << 18),
    num_hidden_layers: layers,
    num_attention_heads,
    image_size,
    patch_size,
    layer_norm_eps: real(tower, 'layer_norm_eps', 0, 1),
    hidden_act: word(tower, 'hidden_act', ACTIVATIONS),
    // hidden_states[0] is the input of layer 0, so index s means that s layers ran; −1 means all of them.
    used_layers: select < 0 ? layers + 1 + select : select,
    image_tokens: Math.floor(image_size / patch_size) ** 2,
    connector_size: whole(projector, 'hidden_size', 1 << 16, whole(config, 'hidden_size', 1 << 16)),
  };
}

export function towerWeights(
  checkpoint: Checkpoint,
  c: VisionConfig,
  prefix = 'model.vision_tower.vision_model.',
): TowerWeights {
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
    positions: checkpoint.tensor(`${prefix}embeddings.position_embedding.weight`, [c.image_tokens, width]),
    layers: Array.from({ length: c.used_layers }, (_, i) => layer(i)),
    heads: c.num_attention_heads,
    patch_size: side,
  };
}

export function connectorWeights(
  checkpoint: Checkpoint,
  c: VisionConfig,
  prefix = 'model.mm_projector.',
): ConnectorWeights {
  return {
    first: linearOf(checkpoint, `${prefix}0`, c.connector_size, c.hidden_size),
    second: linearOf(checkpoint, `${prefix}2`, c.connector_size, c.connector_size),
  };
}
