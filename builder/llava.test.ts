/** LLaVA-1.5- and OneVision-shaped checkpoints: the reference's numbers, and every layout that they come in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelManifest, Variant } from '../contract/manifest.ts';
import { testImage } from '../engine/self-test.ts';
import { buildFolder } from '../cli/build-folder.ts';
import { openBuilt, openGolden, writeTinyFolder } from './test/folders.ts';
import { type Comparison, compare } from './golden.ts';
import type { TinyFamily } from './synthetic/shape.ts';

const CARD = { id: 'test', name: 'Test', description: '', license: '', source: { repo: '', revision: '' } };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llava-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(['tiny-llava', 'tiny-onevision'])('%s', (name) => {
  const results = new Map<string, Comparison>();
  let manifest: ModelManifest;

  beforeAll(async () => {
    const checkpoint = join('fixtures/llava', name);
    const out = join(folder, name);
    const variants = ['f32', 'webgpu-q8f16'];
    manifest = await buildFolder({ checkpoint, out, variants, card: CARD, tokenizer: false });
    const golden = await openGolden(checkpoint, manifest.architecture.vocab_size);
    expect(golden.input_ids.length).toBeGreaterThan(33);
    for (const variant of manifest.variants) {
      const runner = await openBuilt(out, manifest, variant, manifest.limits.max_length);
      results.set(variant.id, await compare(runner, golden));
      await runner.dispose();
    }
  });

  test('float32 gives the reference, every logit of prompt, continuation and follow-up; cached or not', () => {
    const { image_embeds_error, max_abs_logit_error, follow_up_error, cache_error, generated_match } = results.get(
      'f32',
    ) as Comparison;
    for (const error of [image_embeds_error, max_abs_logit_error, follow_up_error, cache_error])
      expect(error).toBeLessThan(1e-4);
    expect(generated_match).toBe(true);
  });

  test('8-bit weights stay close to it', () => {
    const { kl, top1 } = results.get('webgpu-q8f16') as Comparison;
    expect(kl).toBeLessThan(1e-3);
    expect(top1).toBeGreaterThanOrEqual(0.9);
  });

  test('Qwen2 keeps attention in float32, Llama does not need it', () => {
    const half = manifest.variants.find(({ id }) => id === 'webgpu-q8f16') as Variant;
    expect(half.activations).toBe(name === 'tiny-llava' ? 'float16' : 'float32');
  });
});

/** Builds a tiny checkpoint in float32, with the tower beside it in LLaVA's own layout. */
async function built(family: TinyFamily, options: { seed?: number; loadableBytes?: number } = {}) {
  const { seed = 1, ...build } = options;
  const name = `${family}-${Object.values(options).join('-')}`;
  const checkpoint = join(folder, name);
  const visionTower = family.endsWith('-own') ? `${checkpoint}-tower` : undefined;
  await writeTinyFolder(checkpoint, { family, seed, max_length: 128, ...(visionTower && { tower: visionTower }) });
  const out = join(folder, `built-${name}`);
  return {
    out,
    manifest: await buildFolder({ checkpoint, visionTower, out, variants: ['f32'], card: CARD, ...build }),
  };
}

describe.each(['llava', 'onevision'] as const)('%s', (family) => {
  test('later tensor names give the same weights', async () => {
    const [early, late] = [await built(family), await built(`${family}-nested`)];
    expect(late.manifest.self_test).toEqual(early.manifest.self_test);
  });

  test('too large to load: its known answer comes layer by layer, the same as in one piece', async () => {
    const { out, manifest } = await built(family, { loadableBytes: 1000 });
    const { self_test } = manifest;
    const runner = await openBuilt(out, manifest, manifest.variants[0] as Variant);
    const embeds = await runner.see(testImage(manifest.processor.image_size));
    const logits = await runner.feed(self_test.input_ids);
    expect(self_test.next_ids).toEqual([await runner.next()]);
    for (const [i, id] of self_test.probe_ids.entries())
      expect(logits[id]).toBeCloseTo(self_test.probe_logits[i] as number, 4);
    for (const [i, value] of self_test.image_embeds.entries()) expect(embeds[i]).toBeCloseTo(value, 4);
    await runner.dispose();
  });

  test('a tower in a checkpoint of its own', async () => {
    const { manifest } = await built(`${family}-own`);
    expect(manifest.processor.image_tokens).toBe(16);
  });
});
