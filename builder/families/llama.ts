/** Llama and Vicuna: RMSNorm, gated SiLU MLP, rotary over the whole head, no biases. */
import { type Family, GATED_NAMES } from './family.ts';

export const llama: Family = {
  id: 'llama',
  architectures: ['LlavaLlamaForCausalLM'],
  model_types: ['llama'],
  parallel: false,
  norm: { kind: 'rms', plus_one: false, eps: 'rms_norm_eps' },
  names: GATED_NAMES,
  activations: { silu: 'silu' },
  embed_scale: () => null,
  wide_attention: false,
  wide_down: false,
  defaults: {
    hidden_act: 'silu',
    partial_rotary_factor: 1,
    tie_word_embeddings: false,
    // A config inside another one is saved without what equals its class's defaults: LLaVA-1.5 names four numbers.
    numbers: {
      vocab_size: 32_000,
      hidden_size: 4096,
      intermediate_size: 11_008,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      rms_norm_eps: 1e-6,
      max_position_embeddings: 2048,
    },
  },
  off: [],
};
