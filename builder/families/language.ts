/** Turns a checkpoint's tensors into the weights of its language model, whatever the family. */
import type { AttentionWeights } from '../parts/attention.ts';
import type { NormWeights } from '../parts/norms.ts';
import type { LinearWeights } from '../parts/precision.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { mapped } from '../weights/float-tensor.ts';
import { unusable } from './config.ts';
import type { DecoderLayer, Family, LanguageConfig, LanguageWeights } from './family.ts';
import type { Keys } from './keys.ts';
import { linearOf, padInner, pickInputs, pickOutputs, stackLinears } from './linears.ts';

/** Rows of Phi-1.5's fused layout, [heads, 3, head_dim] with q, k, v per head, in the order all q, all k, all v. */
function unfused(heads: number, head_dim: number): number[] {
  const order: number[] = [];
  for (let part = 0; part < 3; part++)
    for (let head = 0; head < heads; head++)
      for (let d = 0; d < head_dim; d++) order.push((head * 3 + part) * head_dim + d);
  return order;
}

function qkvOf(checkpoint: Checkpoint, at: string, c: LanguageConfig): LinearWeights {
  const { heads, kv_heads, head_dim, hidden_size } = c;
  const key = `${at}.self_attn.qkv_proj`;
  const fused = `${at}.self_attn.query_key_value`;
  if (checkpoint.has(`${fused}.weight`)) {
    if (kv_heads !== heads) throw unusable('num_key_value_heads', 'differs from the heads of a fused checkpoint');
    return pickOutputs(
      '.unfused',
      linearOf(checkpoint, fused, 3 * heads * head_dim, hidden_size),
      unfused(heads, head_dim),
    );
  }
  const part = (name: string, rows: number): LinearWeights =>
    linearOf(checkpoint, `${at}.self_attn.${name}`, rows * head_dim, hidden_size);
  return stackLinears(key, [part('q_proj', heads), part('k_proj', kv_heads), part('v_proj', kv_heads)]);
}

/** The head layout for each of `count` heads in a row, as an order for pickRows and pickColumns. */
function laidOut(count: number, { head_dim, head_layout }: LanguageConfig): number[] {
  return Array.from({ length: count }, (_, head) => head_layout.map((d) => (d < 0 ? -1 : head * head_dim + d))).flat();
}

function attentionOf(qkv: LinearWeights, output: LinearWeights, c: LanguageConfig): AttentionWeights {
  if (c.head_layout.length === c.head_dim) return { qkv, output };
  return {
    qkv: pickOutputs('.padded', qkv, laidOut(c.heads + 2 * c.kv_heads, c)),
    output: pickInputs('.padded', output, laidOut(c.heads, c)),
  };
}

function normOf(checkpoint: Checkpoint, name: string, width: number, family: Family, epsilon: number): NormWeights {
  const { kind, plus_one } = family.norm;
  const weight = checkpoint.tensor(`${name}.weight`, [width]);
  return {
    kind,
    weight: plus_one ? mapped(`${name}.weight+1`, weight, (w) => w + 1) : weight,
    bias: kind === 'layer' ? checkpoint.tensor(`${name}.bias`, [width]) : null,
    epsilon,
  };
}

/** The decoder's weights, read when they are needed. Throws `model-unsupported` for a missing or misshapen tensor. */
export function languageWeights(
  checkpoint: Checkpoint,
  family: Family,
  c: LanguageConfig,
  { language: prefix, head }: Keys,
): LanguageWeights {
  const { names } = family;
  const { hidden_size: width, intermediate_size: inner } = c;
  const norm = (name: string): NormWeights => normOf(checkpoint, name, width, family, c.norm_eps);
  const layer = (i: number): DecoderLayer => {
    const at = `${prefix}layers.${i}`;
    const up = (name: string): LinearWeights =>
      padInner(inner, linearOf(checkpoint, `${at}.mlp.${name}`, inner, width), 'up');
    const output = linearOf(checkpoint, `${at}.self_attn.${names.attention_output}`, width, c.heads * c.head_dim);
    return {
      input_norm: norm(`${at}.${names.input_norm}`),
      attention: attentionOf(qkvOf(checkpoint, at, c), output, c),
      post_norm: names.post_norm ? norm(`${at}.${names.post_norm}`) : null,
      mlp: {
        gate: names.gate ? up(names.gate) : null,
        up: up(names.up),
        down: padInner(inner, linearOf(checkpoint, `${at}.mlp.${names.down}`, width, inner), 'down'),
        activation: c.activation,
      },
    };
  };
  const embed_tokens = checkpoint.tensor(`${prefix}embed_tokens.weight`, [c.vocab_size, width]);
  const lm_head = c.tied ? { weight: embed_tokens, bias: null } : linearOf(checkpoint, head, c.vocab_size, width);
  return {
    embed_tokens,
    layers: Array.from({ length: c.num_hidden_layers }, (_, i) => layer(i)),
    final_norm: norm(`${prefix}${names.final_norm}`),
    lm_head,
  };
}
