/** LoRA adapters, merged and beside the weights, against PyTorch's numbers and against each other. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelManifest, Variant } from '../contract/manifest.ts';
import { testImage } from '../engine/self-test.ts';
import { withAdapter } from './adapters.ts';
import { buildFolder } from '../cli/build-folder.ts';
import { folderSink } from '../files/node/sink.ts';
import { folderSource } from '../files/node/source.ts';
import { openBuilt, openWeights, writeTinyFolder } from './test/folders.ts';
import { type Comparison, compare, maxError, readGolden } from './golden.ts';
import { filler } from './synthetic/fill.ts';
import type { TensorSpec } from './synthetic/shape.ts';
import { writeSafetensors } from './weights/safetensors-write.ts';

const CHECKPOINT = 'fixtures/mipha/tiny-mipha-phi2';
const ADAPTER = `${CHECKPOINT}-lora`;
const GOLDEN = `${ADAPTER}-golden.safetensors`;
const VARIANTS = ['f32', 'wasm-int8', 'webgpu-q8f16', 'webgpu-q4f32'];
const CARD = { id: 'test', name: 'Test', description: '', license: '', source: { repo: '', revision: '' } };
const SOURCE = { id: 'other', name: 'Other', description: 'Speaks otherwise.', directory: ADAPTER };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapters-'));
});
afterAll(() => rm(folder, { recursive: true }));

const base = { checkpoint: CHECKPOINT, card: CARD, tokenizer: false };
const variantOf = ({ variants }: ModelManifest, id: string) => variants.find((variant) => variant.id === id) as Variant;

async function judge(out: string, manifest: ModelManifest, variant: Variant, golden: string): Promise<Comparison> {
  const runner = await openBuilt(out, manifest, variant, manifest.limits.max_length);
  try {
    const reference = await readGolden(
      folderSource(dirname(golden)),
      basename(golden),
      manifest.architecture.vocab_size,
    );
    return await compare(runner, reference);
  } finally {
    await runner.dispose();
  }
}

describe('against PyTorch', () => {
  let manifest: ModelManifest;
  let out = '';
  beforeAll(async () => {
    out = join(folder, 'beside');
    manifest = await buildFolder({ ...base, out, variants: VARIANTS, adapters: [SOURCE] });
  });
  const on = (id: string): Variant => {
    const item = manifest.adapters?.[0]?.variants.find(({ variant }) => variant === id);
    if (!item) throw new Error(`no adapter for ${id}`);
    return withAdapter(variantOf(manifest, id), item);
  };

  test('on: the reference with the adapter, in every variant as closely as the weights are stored', async () => {
    const exact = await judge(out, manifest, on('f32'), GOLDEN);
    expect(exact.max_abs_logit_error).toBeLessThan(2e-4);
    expect(exact.follow_up_error).toBeLessThan(2e-4);
    expect(exact.cache_error).toBeLessThan(1e-4);
    expect(exact.generated_match).toBe(true);
    for (const id of ['wasm-int8', 'webgpu-q8f16'])
      expect((await judge(out, manifest, on(id), GOLDEN)).kl).toBeLessThan(2e-3);
    expect((await judge(out, manifest, on('webgpu-q4f32'), GOLDEN)).kl).toBeLessThan(0.1);
  });

  test('off: to the last byte the model that is built without an adapter', async () => {
    const plain = await buildFolder({ ...base, out: join(folder, 'plain'), variants: VARIANTS });
    const { adapters = [], ...rest } = manifest;
    const own = ({ path }: { path: string }) => !path.startsWith('adapters/');
    expect({ ...rest, files: rest.files.filter(own) }).toEqual(plain);
    expect(adapters[0]).toMatchObject({ id: 'other', name: 'Other', description: 'Speaks otherwise.' });
    const result = await judge(out, manifest, variantOf(manifest, 'f32'), join(CHECKPOINT, 'golden.safetensors'));
    expect(result.max_abs_logit_error).toBeLessThan(1e-4);
  });

  test('merged: the same logits as beside the weights', async () => {
    const merged = join(folder, 'merged');
    const whole = await buildFolder({ ...base, out: merged, variants: ['f32'], mergeAdapter: ADAPTER });
    expect(whole.adapters).toBeUndefined();
    const result = await judge(merged, whole, variantOf(whole, 'f32'), GOLDEN);
    expect(result.max_abs_logit_error).toBeLessThan(2e-4);
    expect(result.generated_match).toBe(true);
  });
});

async function logitsOf(out: string, manifest: ModelManifest, variant: Variant, ids: number[]): Promise<Float32Array> {
  const runner = await openBuilt(out, manifest, variant);
  try {
    await runner.see(testImage(manifest.processor.image_size));
    return await runner.feed(ids);
  } finally {
    await runner.dispose();
  }
}

/** An adapter for all Linears of a language model's layers, drawn from a seed; `config` changes what it says of itself. */
async function writeAdapter(checkpoint: string, directory: string, config: object = {}): Promise<void> {
  await mkdir(directory, { recursive: true });
  const plain = { peft_type: 'LORA', r: 2, lora_alpha: 3, use_rslora: true, target_modules: ['all'] };
  await writeFile(join(directory, 'adapter_config.json'), JSON.stringify({ ...plain, ...config }));
  const file = await openWeights(checkpoint);
  const specs: TensorSpec[] = [];
  for (const [name, { shape }] of file.tensors) {
    const [outputs = 0, inputs = 0] = shape;
    if (shape.length !== 2 || name.includes('vision') || !/layers\.\d+\.(self_attn|mlp)\..*weight$/.test(name))
      continue;
    const path = `base_model.model.${name.replace(/\.weight$/, '')}`;
    specs.push({ name: `${path}.lora_A.default.weight`, dims: [2, inputs], kind: 'matrix' });
    specs.push({ name: `${path}.lora_B.default.weight`, dims: [outputs, 2], kind: 'matrix' });
  }
  const fill = filler(5);
  const sink = folderSink(directory);
  await writeSafetensors(sink, 'adapter_model.safetensors', specs, 'float32', (spec) => [fill(spec)]);
  await sink.finish();
}

describe('every family', () => {
  test.each(['phi-fused', 'gemma', 'llava', 'onevision-nested'] as const)('%s: beside is merged', async (family) => {
    const checkpoint = join(folder, family);
    await writeTinyFolder(checkpoint, { family, max_length: 128, tokenizer: false });
    const directory = join(folder, `${family}-adapter`);
    await writeAdapter(checkpoint, directory);
    const common = { checkpoint, card: CARD, tokenizer: false, variants: ['f32'] };
    const [apart, whole] = [join(folder, `${family}-beside`), join(folder, `${family}-merged`)];
    const beside = await buildFolder({ ...common, out: apart, adapters: [{ ...SOURCE, directory }] });
    const merged = await buildFolder({ ...common, out: whole, mergeAdapter: directory });
    const item = beside.adapters?.[0]?.variants[0];
    if (!item) throw new Error('no adapter');
    const prompt = beside.self_test.input_ids;
    const off = variantOf(beside, 'f32');
    const own = await logitsOf(apart, beside, withAdapter(off, item), prompt);
    expect(maxError(own, await logitsOf(whole, merged, variantOf(merged, 'f32'), prompt))).toBeLessThan(1e-3);
    expect(maxError(own, await logitsOf(apart, beside, off, prompt))).toBeGreaterThan(0.1);
    expect(item.answer?.next_ids).toEqual(merged.self_test.next_ids);
  });
});

/** What PEFT 0.18 says of a plain LoRA, beside what the other tests write. */
const AS_PEFT_WRITES = {
  alora_invocation_tokens: null,
  alpha_pattern: {},
  arrow_config: null,
  auto_mapping: null,
  bias: 'none',
  base_model_name_or_path: 'owner/model',
  corda_config: null,
  ensure_weight_tying: false,
  eva_config: null,
  exclude_modules: ['vision_tower'],
  fan_in_fan_out: false,
  inference_mode: true,
  init_lora_weights: true,
  layer_replication: null,
  layers_pattern: null,
  layers_to_transform: [0, 1],
  loftq_config: {},
  lora_bias: false,
  lora_dropout: 0.05,
  megatron_config: null,
  megatron_core: 'megatron.core',
  modules_to_save: null,
  peft_version: '0.18.0',
  qalora_group_size: 16,
  rank_pattern: {},
  revision: 'main',
  target_parameters: null,
  task_type: 'CAUSAL_LM',
  trainable_token_indices: null,
  use_dora: false,
  use_qalora: false,
};

describe('what is refused, by name', () => {
  const damage: [string, object, RegExp][] = [
    ['another method', { peft_type: 'IA3' }, /peft_type/],
    ['DoRA', { use_dora: true }, /use_dora/],
    ['whole modules', { modules_to_save: ['lm_head'] }, /modules_to_save/],
    ['trained biases', { bias: 'all' }, /bias/],
    ['ranks that differ', { rank_pattern: { q_proj: 4 } }, /rank_pattern/],
    ['a start that changes the base', { init_lora_weights: 'pissa' }, /init_lora_weights/],
    ['a rank that is not that of the matrices', { r: 3 }, /lora_A/],
    ['no alpha', { lora_alpha: null }, /lora_alpha/],
    ['an adapter that waits for tokens', { alora_invocation_tokens: [32, 5] }, /alora_invocation_tokens/],
    ['a router over several adapters', { arrow_config: { top_k: 3 } }, /arrow_config/],
    ['embeddings that were tied while it was trained', { ensure_weight_tying: true }, /ensure_weight_tying/],
    ['a scale of another program', { vllm_lora_scaling_factor: 2 }, /vllm_lora_scaling_factor/],
    ['a field of the future', { use_tomorrow: 'yes' }, /use_tomorrow/],
  ];
  test.each(damage)('%s', async (_, config, message) => {
    const directory = join(folder, 'refused');
    await writeAdapter(CHECKPOINT, directory, config);
    for (const way of [{ mergeAdapter: directory }, { adapters: [{ ...SOURCE, directory }] }]) {
      const building = buildFolder({ ...base, out: join(folder, 'nothing'), variants: ['f32'], ...way });
      await expect(building).rejects.toMatchObject({
        code: 'model-unsupported',
        message: expect.stringMatching(message),
      });
    }
  });

  test.each(['non_lora_trainables.bin', 'mm_projector.bin', 'new_embeddings.safetensors', 'vit.pth'])(
    'weights beside the matrices: %s',
    async (name) => {
      const directory = join(folder, `with-${name}`);
      await writeAdapter(CHECKPOINT, directory);
      await writeFile(join(directory, name), 'weights');
      for (const way of [{ mergeAdapter: directory }, { adapters: [{ ...SOURCE, directory }] }])
        await expect(
          buildFolder({ ...base, out: join(folder, 'nothing'), variants: ['f32'], ...way }),
        ).rejects.toMatchObject({ code: 'model-unsupported', message: expect.stringContaining(name) });
    },
  );

  test('but not what a trainer and PEFT write into every folder', async () => {
    const directory = join(folder, 'trained');
    await writeAdapter(CHECKPOINT, directory, AS_PEFT_WRITES);
    for (const name of ['training_args.bin', 'optimizer.pt', 'scheduler.pt', 'rng_state_0.pth', 'README.md'])
      await writeFile(join(directory, name), 'x');
    const built = await buildFolder({ ...base, out: join(folder, 'fine'), variants: ['f32'], mergeAdapter: directory });
    expect(built.self_test.next_ids.length).toBeGreaterThan(0);
  });

  test('a Linear that is not there, one outside the language model, a tensor that is no matrix of a LoRA', async () => {
    const directory = join(folder, 'renamed');
    const build = (way: object) => buildFolder({ ...base, out: join(folder, 'nothing'), variants: ['f32'], ...way });
    const named = async (name: string): Promise<void> => {
      await mkdir(directory, { recursive: true });
      await copyFile(join(ADAPTER, 'adapter_config.json'), join(directory, 'adapter_config.json'));
      const specs: TensorSpec[] = [
        { name: `base_model.model.${name}lora_A.weight`, dims: [4, 64], kind: 'matrix' },
        { name: `base_model.model.${name}lora_B.weight`, dims: [64, 4], kind: 'matrix' },
      ];
      const fill = filler(1);
      const sink = folderSink(directory);
      await writeSafetensors(sink, 'adapter_model.safetensors', specs, 'float32', (spec) => [fill(spec)]);
      await sink.finish();
    };
    await named('model.layers.9.self_attn.q_proj.');
    await expect(build({ mergeAdapter: directory })).rejects.toThrow(/layers\.9/);
    await named('model.embed_tokens.lora_embedding_A.');
    await expect(build({ mergeAdapter: directory })).rejects.toThrow(/embed_tokens/);
    const eye = 'model.vision_tower.vision_model.encoder.layers.0.self_attn.q_proj';
    await named(`${eye}.`);
    await expect(build({ adapters: [{ ...SOURCE, directory }] })).rejects.toThrow(/--merge-adapter/);
    const merged = await build({ mergeAdapter: directory, out: join(folder, 'other-eye') });
    expect(merged.self_test.image_embeds).not.toEqual(
      (await build({ out: join(folder, 'eye') })).self_test.image_embeds,
    );
  });
});
