/** What a language-model family is: the lines of data, and the few of code, in which families differ. */
import type { Activation } from '../parts/mlp.ts';
import type { AttentionWeights, Heads } from '../parts/attention.ts';
import type { MlpWeights } from '../parts/mlp.ts';
import type { NormWeights } from '../parts/norms.ts';
import type { LinearWeights } from '../parts/precision.ts';
import type { FloatName } from '../weights/float.ts';
import type { FloatTensor } from '../weights/float-tensor.ts';

export interface LanguageConfig extends Heads {
  vocab_size: number;
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  /** Which of a head's dimensions stands where in the graph and its KV cache; −1 is a zero that fills up. */
  head_layout: readonly number[];
  rotary_dim: number;
  rope_theta: number;
  /** What the rotary frequencies are rounded to. */
  rope_dtype: FloatName;
  norm_eps: number;
  activation: Activation;
  max_position_embeddings: number;
  tied: boolean;
}

export interface Family {
  id: string;
  /** Values of `architectures[0]` in config.json where the language model's fields stand at the top. */
  architectures: readonly string[];
  /** Values of `text_config.model_type` where they stand in a section of their own. */
  model_types: readonly string[];
  /** One LayerNorm feeds attention and MLP side by side; otherwise the MLP has a norm of its own, after attention. */
  parallel: boolean;
  norm: { kind: 'layer' | 'rms'; plus_one: boolean; eps: string };
  names: {
    input_norm: string;
    post_norm: string | null;
    final_norm: string;
    attention_output: string;
    gate: string | null;
    up: string;
    down: string;
  };
  activations: Readonly<Record<string, Activation>>;
  /** Multiplies the whole embedded sequence, image rows included. */
  embed_scale: (config: LanguageConfig) => number | null;
  /** Attention scores overflow float16: keep the KV cache and the scores in float32. */
  wide_attention: boolean;
  /** The MLP's inner values are too large to be summed in float16. */
  wide_down: boolean;
  /** Fields whose defaults differ between families. */
  defaults: {
    hidden_act: string;
    partial_rotary_factor: number;
    tie_word_embeddings: boolean;
    /** Fields that may be absent; all others must be there. */
    numbers: Readonly<Record<string, number>>;
  };
  /** Switches that change the computation in a way that is not built. */
  off: readonly string[];
}

export interface DecoderLayer {
  input_norm: NormWeights;
  attention: AttentionWeights;
  /** null in a parallel block. */
  post_norm: NormWeights | null;
  mlp: MlpWeights;
}

export interface LanguageWeights {
  embed_tokens: FloatTensor;
  layers: DecoderLayer[];
  final_norm: NormWeights;
  lm_head: LinearWeights;
}

/** Tensor names of blocks with two norms and a gated MLP, which Llama began and others took over. */
export const GATED_NAMES: Family['names'] = {
  input_norm: 'input_layernorm',
  post_norm: 'post_attention_layernorm',
  final_norm: 'norm',
  attention_output: 'o_proj',
  gate: 'gate_proj',
  up: 'up_proj',
  down: 'down_proj',
};
