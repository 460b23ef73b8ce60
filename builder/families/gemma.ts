/** Gemma-1: RMSNorm with (1 + w), GeGLU, few KV heads, tied embeddings, embeddings times sqrt(hidden). */
import { type Family, GATED_NAMES } from './family.ts';

export const gemma: Family = {
  id: 'gemma',
  architectures: ['MiphaGemmaForCausalLM'],
  model_types: [],
  parallel: false,
  norm: { kind: 'rms', plus_one: true, eps: 'rms_norm_eps' },
  names: GATED_NAMES,
  // Gemma's configs say `gelu` where the released model was trained with the tanh form.
  activations: { gelu_pytorch_tanh: 'gelu_tanh', gelu_new: 'gelu_tanh', gelu: 'gelu_tanh' },
  embed_scale: ({ hidden_size }) => Math.sqrt(hidden_size),
  wide_attention: false,
  wide_down: false,
  defaults: { hidden_act: 'gelu_pytorch_tanh', partial_rotary_factor: 1, tie_word_embeddings: true, numbers: {} },
  off: [],
};
