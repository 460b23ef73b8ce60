import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelManifest, Variant } from '../contract/manifest.ts';
import { parseManifest } from '../contract/manifest-parse.ts';
import { createTokenizer } from '../engine/preprocessor/tokenizer.ts';
import { testImage } from '../engine/self-test.ts';
import { buildFolder } from '../cli/build-folder.ts';
import { openBuilt, openGolden, writeTinyFolder } from './test/folders.ts';
import { folderSource } from '../files/node/source.ts';
import { describeFile } from './emit/hash.ts';
import { type Comparison, compare } from './golden.ts';

const VARIANTS = ['f32', 'wasm-int8', 'webgpu-q4f16', 'webgpu-q4f32', 'webgpu-q8f32'];
const CARD = { id: 'test', name: 'Test', description: '', license: '', source: { repo: '', revision: '' } };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'builder-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(['tiny-mipha-phi2', 'tiny-mipha-phi1_5', 'tiny-mipha-gemma'])('%s', (name) => {
  const checkpoint = join('fixtures/mipha', name);
  const results = new Map<string, Comparison>();
  let manifest: ModelManifest;

  beforeAll(async () => {
    const out = join(folder, name);
    manifest = await buildFolder({ checkpoint, out, variants: VARIANTS, card: CARD, tokenizer: false });
    const golden = await openGolden(checkpoint, manifest.architecture.vocab_size);
    for (const variant of manifest.variants) {
      const runner = await openBuilt(out, manifest, variant, manifest.limits.max_length);
      results.set(variant.id, await compare(runner, golden));
      await runner.dispose();
    }
  });
  const result = (variant: string): Comparison => results.get(variant) as Comparison;

  test('float32 gives the reference, every logit of prompt, continuation and follow-up', () => {
    expect(result('f32').image_embeds_error).toBeLessThan(1e-4);
    expect(result('f32').max_abs_logit_error).toBeLessThan(1e-4);
    expect(result('f32').follow_up_error).toBeLessThan(1e-4);
    expect(result('f32').generated_match).toBe(true);
  });

  test('the prompt in one go, in two parts, and token by token are the same', () => {
    for (const id of ['f32', 'webgpu-q4f32', 'webgpu-q8f32']) expect(result(id).cache_error).toBeLessThan(1e-4);
  });

  test('8-bit weights stay close to float32', () => {
    for (const id of ['wasm-int8', 'webgpu-q8f32']) {
      expect(result(id).kl).toBeLessThan(1e-3);
      expect(result(id).top1).toBeGreaterThanOrEqual(0.9);
    }
  });

  test('4-bit weights keep the shape of the distribution, although random weights are the hardest to round', () => {
    for (const id of ['webgpu-q4f16', 'webgpu-q4f32']) {
      expect(result(id).kl).toBeLessThan(0.05);
      expect(result(id).top1).toBeGreaterThanOrEqual(0.65);
    }
  });

  test('float16 and float32 graphs of the same weight bytes agree', async () => {
    const [half, single] = ['webgpu-q4f16', 'webgpu-q4f32'].map((id) => manifest.variants.find((v) => v.id === id));
    expect(half?.needs).toEqual(['shader-f16']);
    expect(half?.activations).toBe(name === 'tiny-mipha-gemma' ? 'float16' : 'float32');
    expect(half?.weights.some((path) => single?.weights.includes(path))).toBe(true);
    expect(Math.abs(result('webgpu-q4f16').kl - result('webgpu-q4f32').kl)).toBeLessThan(1e-3);
  });

  test('the manifest holds what the folder holds', async () => {
    const out = join(folder, name);
    expect(parseManifest(JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')))).toEqual(manifest);
    for (const file of manifest.files) expect(await describeFile(folderSource(out), file.path)).toEqual(file);
  });
});

describe('buildModel', () => {
  const build = (checkpoint: string, out: string, force = false) =>
    buildFolder({ checkpoint, out, variants: ['wasm-int8'], card: CARD, force });

  test('a tiny checkpoint of each family builds, with its tokenizer, the same for the same seed', async () => {
    for (const family of ['phi', 'phi-fused', 'gemma'] as const) {
      const checkpoint = join(folder, `seeded-${family}`);
      await writeTinyFolder(checkpoint, { family, seed: 3, max_length: 128 });
      const manifest = await build(checkpoint, join(folder, `built-${family}`));
      await writeTinyFolder(`${checkpoint}-again`, { family, seed: 3, max_length: 128 });
      const again = await build(`${checkpoint}-again`, join(folder, `built-${family}-again`));
      expect(again).toEqual(manifest);
      expect(manifest.limits.max_length).toBe(128);
      const end = manifest.architecture.vocab_size - 1;
      expect(manifest.prompt).toMatchObject({ turn_end: '<|endoftext|>', stop_ids: [end], bos_id: null });
      const [variant] = manifest.variants;
      const all = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
      expect(variant?.bytes).toBe(all);
    }
    const read = (file: string) => readFile(join(folder, 'built-phi', file));
    const tokenizer = createTokenizer(await read('tokenizer.json'), await read('tokenizer_config.json'));
    const ids = tokenizer.encode('What color is the picture? Größe 象');
    expect(tokenizer.decode(ids)).toBe('What color is the picture? Größe 象');
  });

  test('a model that is too large to load gets its known answer layer by layer, the same as in one piece', async () => {
    for (const family of ['phi', 'gemma'] as const) {
      const checkpoint = join(folder, `streamed-${family}`);
      await writeTinyFolder(checkpoint, { family, max_length: 128 });
      const options = { checkpoint, variants: ['f32'], card: CARD, loadableBytes: 1000 };
      const out = join(folder, `streamed-out-${family}`);
      const manifest = await buildFolder({ ...options, out });
      const test = manifest.self_test;
      const runner = await openBuilt(out, manifest, manifest.variants[0] as Variant);
      const embeds = await runner.see(testImage(manifest.processor.image_size));
      const logits = await runner.feed(test.input_ids);
      expect(test.next_ids).toEqual([await runner.next()]);
      for (const [i, id] of test.probe_ids.entries()) expect(logits[id]).toBeCloseTo(test.probe_logits[i] as number, 4);
      for (const [i, value] of test.image_embeds.entries()) expect(embeds[i]).toBeCloseTo(value, 4);
      await runner.dispose();
    }
  });

  test('an existing folder is kept unless it may be replaced', async () => {
    const checkpoint = join(folder, 'kept-checkpoint');
    await writeTinyFolder(checkpoint, { max_length: 128 });
    const out = join(folder, 'kept');
    await mkdir(out);
    await writeFile(join(out, 'mine.txt'), 'mine');
    await expect(build(checkpoint, out)).rejects.toMatchObject({ code: 'request-invalid' });
    expect(await readdir(out)).toEqual(['mine.txt']);
    await build(checkpoint, out, true);
    expect(await readdir(out)).toContain('manifest.json');
  });

  const damage: [string, (folder: string) => Promise<unknown>, RegExp][] = [
    ['no config.json', (at) => rm(join(at, 'config.json')), /config\.json/],
    ['a config that is no JSON', (at) => writeFile(join(at, 'config.json'), '{'), /not JSON/],
    ['an unknown architecture', (at) => edit(at, { architectures: ['GPT9ForCausalLM'] }), /GPT9ForCausalLM/],
    ['a size that is a text', (at) => edit(at, { hidden_size: 'wide' }), /hidden_size/],
    ['absurdly many layers', (at) => edit(at, { num_hidden_layers: 1e9 }), /num_hidden_layers/],
    ['more layers than weights', (at) => edit(at, { num_hidden_layers: 3 }), /model\.layers\.2/],
    ['a width that is not the weights', (at) => edit(at, { intermediate_size: 96 }), /mlp/],
    ['an unknown activation', (at) => edit(at, { hidden_act: 'toString' }), /hidden_act/],
    ['normalised queries', (at) => edit(at, { qk_layernorm: true }), /qk_layernorm/],
    ['a tower that is no SigLIP', (at) => editTower(at, { vision_model_name_or_path: 'dinov2' }), /dinov2/],
    ['a layer choice beyond the tower', (at) => editTower(at, { mm_vision_select_layer: -9 }), /select_layer/],
    ['an index that points elsewhere', indexOf('../../model.safetensors'), /outside the checkpoint/],
    ['an index that points to an absolute path', indexOf('/etc/passwd'), /outside the checkpoint/],
    ['an index with a missing shard', indexOf('model-1.safetensors'), /cannot be opened/],
    ['weights that are NaN', damagedWeights, /NaN or infinity/],
    ['no tokenizer', (at) => rm(join(at, 'tokenizer.json')), /tokenizer/],
    [
      'an eos token that has no id',
      (at) => writeFile(join(at, 'tokenizer_config.json'), '{"eos_token":"</x>"}'),
      /<\/x>/,
    ],
  ];

  test.each(damage)('%s: a named error, and nothing is left behind', async (name, harm, message) => {
    const checkpoint = join(folder, `damaged ${name}`);
    await writeTinyFolder(checkpoint, { dtype: 'float16' });
    await harm(checkpoint);
    const before = (await readdir(folder)).sort();
    await expect(build(checkpoint, join(folder, `out ${name}`))).rejects.toMatchObject({
      code: 'model-unsupported',
      message: expect.stringMatching(message),
    });
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  test('Stop leaves nothing behind', async () => {
    const checkpoint = join(folder, 'stopped-checkpoint');
    await writeTinyFolder(checkpoint);
    const before = (await readdir(folder)).sort();
    const stop = new AbortController();
    const options = { checkpoint, out: join(folder, 'stopped'), variants: ['wasm-int8'], card: CARD };
    const running = buildFolder({ ...options, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  test('shards with an index give the same model as one file', async () => {
    const whole = join(folder, 'whole');
    await writeTinyFolder(whole);
    const split = join(folder, 'split');
    await writeTinyFolder(split, { shards: 3 });
    expect((await readdir(split)).filter((file) => file.endsWith('.safetensors'))).toHaveLength(3);
    const [a, b] = [await build(whole, join(folder, 'from-whole')), await build(split, join(folder, 'from-split'))];
    expect(b).toEqual(a);
  });
});

async function edit(at: string, fields: object): Promise<void> {
  const path = join(at, 'config.json');
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...fields }));
}

async function editTower(at: string, fields: object): Promise<void> {
  const path = join(at, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8'));
  Object.assign(config.vision_config.vision_tower, fields);
  await writeFile(path, JSON.stringify(config));
}

function indexOf(shard: string) {
  return async (at: string): Promise<void> => {
    await writeFile(join(at, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: shard } }));
  };
}

async function damagedWeights(at: string): Promise<void> {
  const path = join(at, 'model.safetensors');
  const bytes = await readFile(path);
  // The last tensor's last element becomes a float16 NaN.
  bytes.set([0xff, 0x7f], bytes.length - 2);
  await writeFile(path, bytes);
}
