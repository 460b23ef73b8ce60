/** Reads the language model's sizes and switches out of config.json, with the family's defaults. */
import type { FloatName } from '../weights/float.ts';
import { headLayout } from '../parts/rotary.ts';
import { type Config, mustBeOff, optionalSection, real, unusable, whole, word } from './config.ts';
import type { Family, LanguageConfig } from './family.ts';
import type { Identity } from './identify.ts';

/** Bounds keep a damaged or hostile config from asking for absurd work. */
const MAX_WIDTH = 1 << 16;
const MAX_LAYERS = 512;
const MAX_VOCAB = 1 << 20;

/** Throws `model-unsupported`, naming the field. */
export function readLanguageConfig({ family, layout, language: config, top }: Identity): LanguageConfig {
  for (const name of family.off) mustBeOff(config, name);
  const { defaults } = family;
  const size = (name: string, max: number, fallback = defaults.numbers[name]): number =>
    whole(config, name, max, fallback);
  const hidden_size = size('hidden_size', MAX_WIDTH);
  const heads = size('num_attention_heads', 1024);
  const kv_heads = size('num_key_value_heads', heads, defaults.numbers['num_key_value_heads'] ?? heads);
  if (heads % kv_heads !== 0) throw unusable('num_key_value_heads', `is ${kv_heads}, no divisor of ${heads} heads`);
  const head_dim = size('head_dim', 1024, hidden_size / heads);
  const rope = readRope(config, family, head_dim);
  const tie = config['tie_word_embeddings'] ?? top['tie_word_embeddings'] ?? defaults.tie_word_embeddings;
  return {
    vocab_size: size('vocab_size', MAX_VOCAB),
    hidden_size,
    intermediate_size: size('intermediate_size', 4 * MAX_WIDTH),
    num_hidden_layers: size('num_hidden_layers', MAX_LAYERS),
    heads,
    kv_heads,
    head_dim,
    head_layout: headLayout(head_dim, rope.rotary_dim),
    ...rope,
    rope_dtype: ropeDtype(layout === 'mipha', config, top),
    norm_eps: real(config, family.norm.eps, 0, 1, defaults.numbers[family.norm.eps]),
    activation: word(config, 'hidden_act', family.activations, defaults.hidden_act),
    max_position_embeddings: size(
      'max_position_embeddings',
      1 << 24,
      defaults.numbers['max_position_embeddings'] ?? 2048,
    ),
    tied: tie === true,
  };
}

/** Newer configs keep everything about rotary in `rope_parameters`, older ones beside the rest. */
function readRope(config: Config, family: Family, head_dim: number): { rotary_dim: number; rope_theta: number } {
  const parameters = optionalSection(config, 'rope_parameters') ?? {};
  for (const scaling of [optionalSection(config, 'rope_scaling') ?? {}, parameters]) {
    const kind = scaling['rope_type'] ?? scaling['type'] ?? 'default';
    if (kind !== 'default')
      throw unusable('rope_scaling', `is of type ${JSON.stringify(kind)?.slice(0, 60)}; only "default" can be built`);
    if (scaling['factor'] !== undefined && scaling['factor'] !== null && scaling['factor'] !== 1)
      throw unusable('rope_scaling.factor', 'is set, which cannot be built');
  }
  const from = (name: string): Config => (Object.hasOwn(parameters, name) ? parameters : config);
  const factor = real(
    from('partial_rotary_factor'),
    'partial_rotary_factor',
    0,
    1,
    family.defaults.partial_rotary_factor,
  );
  const rotary_dim = Math.floor(head_dim * factor);
  if (rotary_dim < 2 || rotary_dim % 2)
    throw unusable('partial_rotary_factor', `gives ${rotary_dim} rotary dimensions`);
  return { rotary_dim, rope_theta: real(from('rope_theta'), 'rope_theta', 1, 1e12, 10_000) };
}

const FLOAT_NAMES: Readonly<Record<string, FloatName>> = {
  float32: 'float32',
  float16: 'float16',
  bfloat16: 'bfloat16',
};

/**
 * Rotary frequencies are no weights, so a checkpoint does not hold them and its making decides how exact they were.
 * Our own field `rope_dtype` says it. A config that `save_pretrained` wrote (it names its transformers_version) belongs
 * to a model whose frequencies stay float32 when it is loaded. Without either, a Mipha model was cast to its torch_dtype
 * in memory, frequencies included, as the reference outputs in fixtures/mipha show (error 3e-6 so, 3e-3 otherwise).
 */
function ropeDtype(castInMemory: boolean, config: Config, top: Config): FloatName {
  if (config['rope_dtype'] !== undefined) return word(config, 'rope_dtype', FLOAT_NAMES);
  if (!castInMemory || top['transformers_version'] !== undefined) return 'float32';
  return word(top, 'torch_dtype', FLOAT_NAMES, 'float32');
}
