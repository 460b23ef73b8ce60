/** The kinds of vision tower, as data: what differs between SigLIP and CLIP, and the published sizes of both. */

export interface TowerKind {
  id: 'siglip' | 'clip';
  /** `model_type` of a config section that describes one. */
  model_type: string;
  /** A learned row in front of the patches, and a norm before the first layer. */
  class_row: boolean;
  /** What the class that reads a Hugging Face config fills in. */
  defaults: Readonly<Record<string, number>>;
  hidden_act: string;
  /** What pictures are normalised with when no preprocessor_config.json says it. */
  mean: [number, number, number];
  std: [number, number, number];
}

const siglip: TowerKind = {
  id: 'siglip',
  model_type: 'siglip_vision_model',
  class_row: false,
  defaults: {
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    image_size: 224,
    patch_size: 16,
    num_channels: 3,
    layer_norm_eps: 1e-6,
  },
  hidden_act: 'gelu_pytorch_tanh',
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
};

const clip: TowerKind = {
  id: 'clip',
  model_type: 'clip_vision_model',
  class_row: true,
  defaults: { ...siglip.defaults, patch_size: 32, layer_norm_eps: 1e-5 },
  hidden_act: 'quick_gelu',
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

export const TOWERS: readonly TowerKind[] = [siglip, clip];

/** Sizes of towers that LLaVA's own configs only name, by the name's last part. */
export const PUBLISHED: Readonly<Record<string, object>> = {
  'clip-vit-large-patch14-336': {
    model_type: 'clip_vision_model',
    hidden_size: 1024,
    intermediate_size: 4096,
    num_hidden_layers: 24,
    num_attention_heads: 16,
    image_size: 336,
    patch_size: 14,
  },
  'clip-vit-large-patch14': {
    model_type: 'clip_vision_model',
    hidden_size: 1024,
    intermediate_size: 4096,
    num_hidden_layers: 24,
    num_attention_heads: 16,
    image_size: 224,
    patch_size: 14,
  },
  'siglip-so400m-patch14-384': {
    model_type: 'siglip_vision_model',
    hidden_size: 1152,
    intermediate_size: 4304,
    num_hidden_layers: 27,
    num_attention_heads: 16,
    image_size: 384,
    patch_size: 14,
  },
};
