/** A shape → the config.json of its checkpoint, with the fields that published ones have and without those they omit. */
import type { FloatName } from '../weights/float.ts';
import type { LanguageKind, LanguageShape, Shape, VisionShape } from './shape.ts';

const ARCHITECTURE: Readonly<Record<LanguageKind, string>> = {
  phi: 'MiphaPhiForCausalLM',
  'phi-fused': 'MiphaPhi15ForCausalLM',
  gemma: 'MiphaGemmaForCausalLM',
  llama: 'LlavaLlamaForCausalLM',
  qwen2: 'LlavaQwenForCausalLM',
};

/** What only one kind has, or has with other values. */
function kindFields(c: LanguageShape): object {
  switch (c.kind) {
    case 'phi':
    case 'phi-fused':
      return { partial_rotary_factor: c.rotary, layer_norm_eps: 1e-5, hidden_act: 'gelu_new', qk_layernorm: false };
    case 'gemma':
      return { head_dim: c.head_dim, rms_norm_eps: 1e-6, hidden_act: 'gelu_pytorch_tanh' };
    case 'llama':
      return { rms_norm_eps: 1e-5, hidden_act: 'silu' };
    case 'qwen2':
      return { rms_norm_eps: 1e-6, hidden_act: 'silu', use_sliding_window: false };
  }
}

function languageConfig(c: LanguageShape): object {
  return {
    vocab_size: c.vocab,
    hidden_size: c.hidden,
    intermediate_size: c.inner,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    num_key_value_heads: c.kv_heads,
    max_position_embeddings: c.max_length,
    rope_theta: c.kind === 'qwen2' ? 1e6 : 10000,
    tie_word_embeddings: c.tied,
    ...kindFields(c),
  };
}

/** A config inside another one leaves out what equals its class's defaults. */
function textConfig(c: LanguageShape): object {
  const { num_key_value_heads, rope_theta, tie_word_embeddings, ...rest } = languageConfig(c) as Record<
    string,
    unknown
  >;
  delete rest['hidden_act'];
  if (c.kind === 'llama') return { model_type: 'llama', ...rest };
  return { model_type: 'qwen2', ...rest, num_key_value_heads, rope_theta, tie_word_embeddings };
}

function visionSizes(c: VisionShape): object {
  return {
    hidden_size: c.hidden,
    intermediate_size: c.inner,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    image_size: c.image,
    patch_size: c.patch,
  };
}

/** The tower's config as it stands in a Hugging Face model, or in a checkpoint of its own. */
function towerConfig(c: VisionShape): object {
  return { model_type: `${c.kind}_vision_model`, ...visionSizes(c) };
}

/** config.json of the tower alone. */
export function separateTowerConfig({ vision }: Shape): object {
  return { model_type: vision.kind, vision_config: towerConfig(vision) };
}

function miphaConfig({ language, vision }: Shape): object {
  return {
    architectures: [ARCHITECTURE[language.kind]],
    model_type: language.kind === 'gemma' ? 'mipha_gemma' : 'mipha_phi',
    image_aspect_ratio: 'pad',
    rope_dtype: 'float32',
    ...languageConfig(language),
    vision_config: {
      vision_tower: {
        ...visionSizes(vision),
        num_channels: 3,
        layer_norm_eps: 1e-6,
        hidden_act: 'gelu_pytorch_tanh',
        mm_vision_select_layer: -2,
        mm_vision_select_feature: 'patch',
        vision_model_name_or_path: vision.kind,
        model_type: `${vision.kind}_vision_model`,
      },
      mm_projector: {
        mm_projector_type: 'mlp2x_gelu',
        mm_hidden_size: vision.hidden,
        hidden_size: language.hidden,
      },
    },
  };
}

function llavaConfig({ language, vision }: Shape): object {
  const onevision = language.kind === 'qwen2';
  return {
    architectures: [ARCHITECTURE[language.kind]],
    model_type: onevision ? 'llava' : 'llava_llama',
    image_aspect_ratio: onevision ? 'anyres_max_9' : 'pad',
    ...languageConfig(language),
    mm_hidden_size: vision.hidden,
    mm_projector_type: 'mlp2x_gelu',
    mm_use_im_start_end: false,
    mm_use_im_patch_token: false,
    mm_vision_select_feature: 'patch',
    mm_vision_select_layer: -2,
    mm_vision_tower: vision.kind === 'clip' ? 'openai/clip-vit-large-patch14-336' : 'google/siglip-so400m-patch14-384',
    transformers_version: '4.31.0',
  };
}

function huggingFaceConfig({ language, vision }: Shape): object {
  const onevision = language.kind === 'qwen2';
  return {
    architectures: [onevision ? 'LlavaOnevisionForConditionalGeneration' : 'LlavaForConditionalGeneration'],
    model_type: onevision ? 'llava_onevision' : 'llava',
    image_token_index: language.vocab - 1,
    projector_hidden_act: 'gelu',
    text_config: textConfig(language),
    tie_word_embeddings: false,
    transformers_version: '4.45.0',
    vision_config: towerConfig(vision),
    vision_feature_layer: onevision ? -1 : -2,
    vision_feature_select_strategy: onevision ? 'full' : 'default',
  };
}

/** config.json as an object. */
export function configOf(shape: Shape, dtype: FloatName): object {
  const config = { mipha: miphaConfig, llava: llavaConfig, hf: huggingFaceConfig, 'hf-nested': huggingFaceConfig };
  return { ...config[shape.layout](shape), torch_dtype: dtype };
}
