/** A shape → the config.json of its checkpoint, with the fields of published ones. */
import type { FloatName } from '../weights/float.ts';
import type { LanguageKind, LanguageShape, Shape, VisionShape } from './shape.ts';

const ARCHITECTURE: Readonly<Record<LanguageKind, string>> = {
  phi: 'MiphaPhiForCausalLM',
  'phi-fused': 'MiphaPhi15ForCausalLM',
  gemma: 'MiphaGemmaForCausalLM',
};

function languageConfig(c: LanguageShape): object {
  return {
    vocab_size: c.vocab,
    hidden_size: c.hidden,
    intermediate_size: c.inner,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    num_key_value_heads: c.kv_heads,
    max_position_embeddings: c.max_length,
    rope_theta: 10000,
    tie_word_embeddings: c.kind === 'gemma',
    ...(c.kind === 'gemma'
      ? { head_dim: c.head_dim, rms_norm_eps: 1e-6, hidden_act: 'gelu_pytorch_tanh' }
      : { partial_rotary_factor: c.rotary, layer_norm_eps: 1e-5, hidden_act: 'gelu_new', qk_layernorm: false }),
  };
}

function visionConfig(c: VisionShape): object {
  return {
    hidden_size: c.hidden,
    intermediate_size: c.inner,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    image_size: c.image,
    patch_size: c.patch,
    num_channels: 3,
    layer_norm_eps: 1e-6,
    hidden_act: 'gelu_pytorch_tanh',
  };
}

/** config.json as an object. */
export function configOf({ language, vision }: Shape, dtype: FloatName): object {
  return {
    architectures: [ARCHITECTURE[language.kind]],
    model_type: language.kind === 'gemma' ? 'mipha_gemma' : 'mipha_phi',
    image_aspect_ratio: 'pad',
    torch_dtype: dtype,
    rope_dtype: 'float32',
    ...languageConfig(language),
    vision_config: {
      vision_tower: {
        ...visionConfig(vision),
        mm_vision_select_layer: -2,
        mm_vision_select_feature: 'patch',
        vision_model_name_or_path: 'siglip',
        model_type: 'siglip_vision_model',
      },
      mm_projector: {
        mm_projector_type: 'mlp2x_gelu',
        mm_hidden_size: vision.hidden,
        hidden_size: language.hidden,
      },
    },
  };
}
