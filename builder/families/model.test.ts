/** config.json and tensor names of published models, whole and damaged → the model, or an error with a name. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../contract/errors.ts';
import { configOf, separateTowerConfig } from '../synthetic/config.ts';
import { NAMED_SHAPES } from '../synthetic/named.ts';
import { type Layout, type Shape, type TinyFamily, tinyShape } from '../synthetic/shape.ts';
import { separateTower, tensorSpecs } from '../synthetic/tensors.ts';
import { fakeCheckpoint } from '../test/fake-checkpoint.ts';
import { readModel } from './model.ts';

/** A published shape in another layout; Hugging Face's LLaVA has 64 rows more than LLaVA's own. */
function published(name: 'llava-1.5-7b' | 'onevision-0.5b', layout: Layout): Shape {
  const { language, vision } = NAMED_SHAPES[name];
  const vocab = layout === 'llava' && name === 'llava-1.5-7b' ? 32_000 : language.vocab;
  return { layout, language: { ...language, vocab }, vision };
}

/** As llava-hf/llava-1.5-7b-hf has it: four numbers of the language model, no activation, no epsilon of the tower. */
const LLAVA_15 = {
  architectures: ['LlavaForConditionalGeneration'],
  ignore_index: -100,
  image_token_index: 32_000,
  model_type: 'llava',
  pad_token_id: 32_001,
  projector_hidden_act: 'gelu',
  text_config: {
    _name_or_path: 'lmsys/vicuna-7b-v1.5',
    architectures: ['LlamaForCausalLM'],
    max_position_embeddings: 4096,
    model_type: 'llama',
    rms_norm_eps: 1e-5,
    torch_dtype: 'float16',
    vocab_size: 32_064,
  },
  tie_word_embeddings: false,
  torch_dtype: 'float16',
  transformers_version: '4.36.0.dev0',
  vision_config: {
    hidden_size: 1024,
    image_size: 336,
    intermediate_size: 4096,
    model_type: 'clip_vision_model',
    num_attention_heads: 16,
    num_hidden_layers: 24,
    patch_size: 14,
    projection_dim: 768,
    vocab_size: 32_000,
  },
  vision_feature_layer: -2,
  vision_feature_select_strategy: 'default',
  vocab_size: 32_064,
};

describe('published models', () => {
  test.each<[string, Layout, object | null]>([
    ['early names', 'hf', LLAVA_15],
    ['later names', 'hf-nested', LLAVA_15],
    ["LLaVA's own layout, tower inside", 'llava', null],
  ])('LLaVA-1.5-7B, %s', (_, layout, config) => {
    const shape = published('llava-1.5-7b', layout);
    const checkpoint = fakeCheckpoint(config ?? configOf(shape, 'float16'), tensorSpecs(shape));
    const { family, language, vision } = readModel(checkpoint);
    expect(family.id).toBe('llama');
    expect(language).toMatchObject({ hidden_size: 4096, head_dim: 128, rope_theta: 10_000, norm_eps: 1e-5 });
    expect(language).toMatchObject({ activation: 'silu', tied: false, rope_dtype: 'float32' });
    expect(language.head_layout).toHaveLength(128);
    expect(vision).toMatchObject({ used_layers: 23, tower_rows: 577, image_tokens: 576 });
    expect(vision).toMatchObject({ hidden_act: 'quick_gelu', layer_norm_eps: 1e-5 });
    // Everything is used but the layer behind the features and the norm at the end.
    const unused = tensorSpecs(shape).filter(({ name }) => !checkpoint.used.has(name));
    expect(unused.every(({ name }) => /encoder\.layers\.23|post_layernorm/.test(name))).toBe(true);
  });

  test.each<Layout>(['hf', 'hf-nested', 'llava'])('LLaVA-OneVision 0.5B, layout %s', (layout) => {
    const shape = published('onevision-0.5b', layout);
    const checkpoint = fakeCheckpoint(configOf(shape, 'float16'), tensorSpecs(shape));
    const { family, language, vision } = readModel(checkpoint);
    expect(family.id).toBe('qwen2');
    expect(language).toMatchObject({ heads: 14, kv_heads: 2, rope_theta: 1e6, norm_eps: 1e-6, tied: true });
    // Its own layout speaks of 27 layers of which the penultimate's output is used; the checkpoint holds 26.
    expect(vision).toMatchObject({ used_layers: 26, image_tokens: 729, hidden_act: 'gelu_tanh', layer_norm_eps: 1e-6 });
    const unused = tensorSpecs(shape).filter(({ name }) => !checkpoint.used.has(name));
    expect(unused.every(({ name }) => name.includes('post_layernorm'))).toBe(true);
  });
});

/** A tiny model as config and names, its config changed at `path`. */
function tiny(family: TinyFamily, path = '', value?: unknown) {
  const shape = tinyShape(family, 300, 128);
  const config = structuredClone(configOf(shape, 'float32')) as Record<string, unknown>;
  const keys = path.split('.');
  let at = config;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  if (path !== '') at[keys.at(-1) as string] = value;
  return fakeCheckpoint(config, tensorSpecs(shape));
}

describe('what cannot be built is named', () => {
  test.each<[TinyFamily, string, unknown, RegExp]>([
    ['llava', 'text_config', undefined, /text_config is missing/],
    ['llava', 'text_config', [], /text_config must be an object/],
    ['llava', 'text_config.model_type', 'mamba', /text_config\.model_type.*mamba/],
    ['llava', 'text_config.model_type', 7, /model_type must be a text/],
    ['llava', 'text_config.rope_scaling', { type: 'linear', factor: 2 }, /rope_scaling is of type "linear"/],
    ['llava', 'text_config.rope_scaling', { rope_type: 'llama3', factor: 8 }, /rope_scaling is of type "llama3"/],
    ['llava', 'text_config.rope_parameters', { rope_type: 'yarn', rope_theta: 1e4 }, /"yarn"/],
    ['llava', 'text_config.rope_scaling', 'linear', /rope_scaling must be an object/],
    ['phi', 'rope_scaling', { type: 'dynamic', factor: 2 }, /"dynamic"/],
    ['llava', 'text_config.num_key_value_heads', 3, /num_key_value_heads is 3/],
    ['llava', 'text_config.hidden_act', 'gelu', /hidden_act/],
    ['onevision', 'text_config.use_sliding_window', true, /use_sliding_window/],
    ['llava', 'vision_config.model_type', 'pixtral', /pixtral/],
    ['llava', 'vision_config.hidden_size', 1e300, /hidden_size/],
    ['llava', 'vision_feature_layer', [-2, -5], /vision_feature_layer/],
    ['llava', 'vision_feature_layer', -9, /select_layer/],
    ['llava', 'vision_feature_select_strategy', 'cls', /select_strategy/],
    ['llava', 'projector_hidden_act', 'silu', /projector_hidden_act/],
    ['llava', 'architectures', ['LlavaNextForConditionalGeneration'], /LlavaNextForConditionalGeneration/],
    ['llava', 'architectures', 'LlavaForConditionalGeneration', /architecture/],
    ['llava-own', 'mm_projector_type', 'linear', /mm_projector_type/],
    ['llava-own', 'mm_use_im_start_end', true, /mm_use_im_start_end/],
    ['llava-own', 'mm_vision_tower', 'eva/eva-clip-8b', /eva-clip-8b.*--vision-tower/],
    ['llava-own', 'mm_vision_tower', '__proto__', /--vision-tower/],
  ])('%s with %s = %j', (family, path, value, message) => {
    expect(() => readModel(tiny(family, path, value))).toThrow(
      expect.objectContaining({ code: 'model-unsupported', message: expect.stringMatching(message) }),
    );
  });

  test('"default" rotary is no scaling, and its numbers may stand in rope_parameters', () => {
    const { language } = readModel(
      tiny('onevision', 'text_config.rope_parameters', { rope_type: 'default', rope_theta: 5e5 }),
    );
    expect(language.rope_theta).toBe(5e5);
    expect(readModel(tiny('llava', 'text_config.rope_scaling', null)).language.rope_theta).toBe(10_000);
  });

  test('a missing tower says what to do, a second one is refused, and one in another folder is taken', () => {
    const shape = tinyShape('llava-own', 300, 128);
    const config = configOf(shape, 'float32');
    const without = fakeCheckpoint(config, tensorSpecs(shape, false));
    const tower = fakeCheckpoint(separateTowerConfig(shape), separateTower(shape));
    expect(() => readModel(without)).toThrow(/Download openai\/clip-vit-large-patch14-336.*--vision-tower/);
    expect(() => readModel(fakeCheckpoint(config, tensorSpecs(shape)), tower)).toThrow(/Leave out --vision-tower/);
    expect(() => readModel(without, fakeCheckpoint(separateTowerConfig(shape), []))).toThrow(/no vision tower/);
    expect(readModel(without, tower).vision).toMatchObject({ image_size: 56, image_tokens: 16 });
  });
});

describe('hostile configs', () => {
  /** Every path to a value, `a.b`. */
  function paths(value: unknown, prefix = ''): string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return prefix === '' ? [] : [prefix];
    const inner = Object.entries(value).flatMap(([key, child]) => paths(child, prefix ? `${prefix}.${key}` : key));
    return prefix === '' ? inner : [prefix, ...inner];
  }
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(0, -1, 1e300, Number.POSITIVE_INFINITY, 2 ** 53, 1.5, '', '__proto__', 'constructor', {}, [], null),
  );

  test.each<TinyFamily>(['phi', 'gemma', 'llava', 'llava-own', 'onevision'])(
    '%s: any value in place of any other gives a model or a named error',
    (family) => {
      const known = paths(tiny(family).config);
      fc.assert(
        fc.property(fc.constantFrom(...known), anything, (path, value) => {
          try {
            readModel(tiny(family, path, value));
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            expect((error as AppError).code).toBe('model-unsupported');
            expect((error as AppError).message.length).toBeLessThan(1000);
          }
        }),
        { numRuns: 400 },
      );
    },
  );
});
