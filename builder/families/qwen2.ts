/** Qwen2: Llama's block with biases on queries, keys and values, few KV heads; small ones tie the embeddings. */
import type { Family } from './family.ts';
import { llama } from './llama.ts';

export const qwen2: Family = {
  ...llama,
  id: 'qwen2',
  architectures: ['LlavaQwenForCausalLM'],
  model_types: ['qwen2'],
  // Key biases of a few hundred: scores, and sums over the MLP's outlier units, leave float16's range.
  wide_attention: true,
  wide_down: true,
  defaults: {
    hidden_act: 'silu',
    partial_rotary_factor: 1,
    tie_word_embeddings: false,
    numbers: {
      vocab_size: 151_936,
      hidden_size: 4096,
      intermediate_size: 22_016,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      rms_norm_eps: 1e-6,
      max_position_embeddings: 32_768,
    },
  },
  off: ['use_sliding_window'],
};
