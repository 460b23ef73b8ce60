/** Turns a checkpoint's config and tensors into the weights of its language model, whatever the family. */
import { AppError } from '../../contract/errors.ts';
import { BLOCK } from '../quantise/blocks.ts';
import type { AttentionWeights } from '../parts/attention.ts';
import type { NormWeights } from '../parts/norms.ts';
import type { LinearWeights } from '../parts/precision.ts';
import { headLayout } from '../parts/rotary.ts';
import type { FloatName } from '../weights/float.ts';
import { concatRows, type FloatTensor, mapped, pickColumns, pickRows } from '../weights/float-tensor.ts';
import { mustBeOff, real, unusable, whole, word } from './config.ts';
import type { Checkpoint, Config, DecoderLayer, Family, LanguageConfig, LanguageWeights } from './family.ts';
import { gemma } from './gemma.ts';
import { phi } from './phi.ts';

/** Every family that can be built. */
export const FAMILIES: readonly Family[] = [phi, gemma];

/** The family of a checkpoint, from config.json alone. Throws `model-unsupported`. */
export function familyOf(config: Config): Family {
  const listed = config['architectures'];
  const architecture = Array.isArray(listed) ? listed[0] : undefined;
  const family = FAMILIES.find(({ architectures }) => architectures.includes(architecture));
  if (family) return family;
  const known = FAMILIES.flatMap(({ architectures }) => architectures).join(', ');
  throw new AppError(
    'model-unsupported',
    `A checkpoint of architecture ${JSON.stringify(architecture) ?? 'unknown'} cannot be built. Known are ${known}.`,
    { architecture: String(architecture).slice(0, 200) },
  );
}

/** Bounds keep a damaged or hostile config from asking for absurd work. */
const MAX_WIDTH = 1 << 16;
const MAX_LAYERS = 512;
const MAX_VOCAB = 1 << 20;

export function readLanguageConfig(config: Config, family: Family): LanguageConfig {
  for (const name of family.off) mustBeOff(config, name);
  const hidden_size = whole(config, 'hidden_size', MAX_WIDTH);
  const heads = whole(config, 'num_attention_heads', 1024);
  const kv_heads = whole(config, 'num_key_value_heads', heads, heads);
  if (heads % kv_heads !== 0) throw unusable('num_key_value_heads', `is ${kv_heads}, no divisor of ${heads} heads`);
  const head_dim = whole(config, 'head_dim', 1024, hidden_size / heads);
  const { defaults } = family;
  const factor = real(config, 'partial_rotary_factor', 0, 1, defaults.partial_rotary_factor);
  const rotary_dim = Math.floor(head_dim * factor);
  if (rotary_dim < 2 || rotary_dim % 2)
    throw unusable('partial_rotary_factor', `gives ${rotary_dim} rotary dimensions`);
  const tie = config['tie_word_embeddings'] ?? defaults.tie_word_embeddings;
  return {
    vocab_size: whole(config, 'vocab_size', MAX_VOCAB),
    hidden_size,
    intermediate_size: whole(config, 'intermediate_size', 4 * MAX_WIDTH),
    num_hidden_layers: whole(config, 'num_hidden_layers', MAX_LAYERS),
    heads,
    kv_heads,
    head_dim,
    head_layout: headLayout(head_dim, rotary_dim),
    rotary_dim,
    rope_theta: real(config, 'rope_theta', 1, 1e12, 10_000),
    rope_dtype: ropeDtype(config),
    norm_eps: real(config, family.norm.eps, 0, 1),
    activation: word(config, 'hidden_act', family.activations, defaults.hidden_act),
    max_position_embeddings: whole(config, 'max_position_embeddings', 1 << 24, 2048),
    tied: tie === true,
  };
}

const FLOAT_NAMES: Readonly<Record<string, FloatName>> = {
  float32: 'float32',
  float16: 'float16',
  bfloat16: 'bfloat16',
};

/**
 * Rotary frequencies are no weights, so a checkpoint does not hold them and its making decides how exact they were.
 * Our own field `rope_dtype` says it. A config that `save_pretrained` wrote (it names its transformers_version) belongs
 * to a model whose frequencies stay float32 when it is loaded. Without either, the model was cast to its torch_dtype in
 * memory, frequencies included, as the reference outputs in fixtures/mipha show (error 3e-6 so, 3e-3 otherwise).
 */
function ropeDtype(config: Config): FloatName {
  const stored = config['transformers_version'] === undefined ? 'torch_dtype' : '';
  if (config['rope_dtype'] !== undefined) return word(config, 'rope_dtype', FLOAT_NAMES);
  return stored === '' ? 'float32' : word(config, stored, FLOAT_NAMES, 'float32');
}

/** Bias of a Linear, where the checkpoint has one. */
function linearOf(checkpoint: Checkpoint, name: string, outputs: number, inputs: number): LinearWeights {
  const bias = `${name}.bias`;
  return {
    weight: checkpoint.tensor(`${name}.weight`, [outputs, inputs]),
    bias: checkpoint.has(bias) ? checkpoint.tensor(bias, [outputs]) : null,
  };
}

/** Several Linears of one input as one: their rows stand below each other. */
export function stackLinears(key: string, parts: readonly LinearWeights[]): LinearWeights {
  const biases = parts.map(({ bias }) => bias);
  const present = biases.filter((bias): bias is FloatTensor => bias !== null);
  if (present.length !== 0 && present.length !== parts.length)
    throw new AppError('model-unsupported', `${key}: some of its parts have a bias and some have none.`, { key });
  const weight = concatRows(
    `${key}.weight`,
    parts.map((part) => part.weight),
  );
  return { weight, bias: present.length ? concatRows(`${key}.bias`, present) : null };
}

/** [heads, 3, head_dim] rows (Phi-1.5's fused layout, per head q, k, v) → all q, all k, all v. */
function unfuse(key: string, fused: LinearWeights, heads: number, head_dim: number): LinearWeights {
  const order: number[] = [];
  for (let part = 0; part < 3; part++)
    for (let head = 0; head < heads; head++)
      for (let d = 0; d < head_dim; d++) order.push((head * 3 + part) * head_dim + d);
  return {
    weight: pickRows(`${key}.weight`, fused.weight, order),
    bias: fused.bias ? pickRows(`${key}.bias`, fused.bias, order) : null,
  };
}

function qkvOf(checkpoint: Checkpoint, at: string, c: LanguageConfig): LinearWeights {
  const { heads, kv_heads, head_dim, hidden_size } = c;
  const key = `${at}.self_attn.qkv_proj`;
  const fused = `${at}.self_attn.query_key_value`;
  if (checkpoint.has(`${fused}.weight`)) {
    if (kv_heads !== heads) throw unusable('num_key_value_heads', 'differs from the heads of a fused checkpoint');
    return unfuse(key, linearOf(checkpoint, fused, 3 * heads * head_dim, hidden_size), heads, head_dim);
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
  const rows = laidOut(c.heads + 2 * c.kv_heads, c);
  return {
    qkv: {
      weight: pickRows(`${qkv.weight.key}.padded`, qkv.weight, rows),
      bias: qkv.bias ? pickRows(`${qkv.bias.key}.padded`, qkv.bias, rows) : null,
    },
    output: {
      weight: pickColumns(`${output.weight.key}.padded`, output.weight, laidOut(c.heads, c)),
      bias: output.bias,
    },
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

/**
 * Fills an MLP's inner width up to whole quantisation blocks with units that are always zero:
 * act(0) · 0 = 0 for every activation here, so the result is the same to the last bit.
 */
export function padInner(width: number, layer: LinearWeights, side: 'up' | 'down'): LinearWeights {
  if (width % BLOCK === 0) return layer;
  const padded = Math.ceil(width / BLOCK) * BLOCK;
  const order = Array.from({ length: padded }, (_, i) => (i < width ? i : -1));
  const key = `${layer.weight.key}.padded`;
  if (side === 'down') return { weight: pickColumns(key, layer.weight, order), bias: layer.bias };
  const bias = layer.bias ? pickRows(`${layer.bias.key}.padded`, layer.bias, order) : null;
  return { weight: pickRows(key, layer.weight, order), bias };
}

/** @param prefix where the language model's tensors start, `model.` in Mipha checkpoints */
export function languageWeights(
  checkpoint: Checkpoint,
  family: Family,
  c: LanguageConfig,
  prefix = 'model.',
  head = 'lm_head',
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

export { linearOf };
