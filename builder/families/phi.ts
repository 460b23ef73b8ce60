/** Phi-1.5 and Phi-2: one LayerNorm feeds attention and MLP side by side, biases everywhere, partial rotary. */
import type { Family } from './family.ts';

export const phi: Family = {
  id: 'phi',
  architectures: ['MiphaPhiForCausalLM', 'MiphaPhi15ForCausalLM'],
  model_types: [],
  parallel: true,
  norm: { kind: 'layer', plus_one: false, eps: 'layer_norm_eps' },
  names: {
    input_norm: 'input_layernorm',
    post_norm: null,
    final_norm: 'final_layernorm',
    attention_output: 'dense',
    gate: null,
    up: 'fc1',
    down: 'fc2',
  },
  activations: { gelu_new: 'gelu_tanh', gelu_pytorch_tanh: 'gelu_tanh', gelu: 'gelu' },
  embed_scale: () => null,
  wide_attention: true,
  wide_down: true,
  defaults: { hidden_act: 'gelu_new', partial_rotary_factor: 0.5, tie_word_embeddings: false, numbers: {} },
  off: ['qk_layernorm'],
};
