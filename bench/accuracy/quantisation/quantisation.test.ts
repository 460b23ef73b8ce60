/** Divergence on distributions whose distance is known, and a model that is compared with itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { buildFolder } from '../../../cli/build-folder.ts';
import { writeTinyFolder } from '../../../builder/test/folders.ts';
import { collect } from '../../../cli/conversation.ts';
import { openEngine } from '../../../cli/node-engine.ts';
import { compare, trace } from './compare.ts';
import { argmax, divergence } from './divergence.ts';

test('divergence of known distributions', () => {
  const logits = (...shares: number[]) => Float32Array.from(shares, Math.log);
  expect(divergence(logits(0.5, 0.5), logits(0.25, 0.75))).toBeCloseTo(0.5 * Math.log(4 / 3), 6);
  // Not symmetric, blind to a constant added to all logits, and steady with large ones.
  expect(divergence(logits(0.25, 0.75), logits(0.5, 0.5))).toBeCloseTo(0.25 * Math.log(0.5) + 0.75 * Math.log(1.5), 6);
  expect(divergence(Float32Array.of(1, 2, 3), Float32Array.of(11, 12, 13))).toBeCloseTo(0, 12);
  expect(divergence(Float32Array.of(1e4, 0), Float32Array.of(1e4, 0))).toBe(0);
  expect(argmax(Float32Array.of(1, 3, 3, 2))).toBe(1);
});

test('a variant is led along the answer of the reference; the reference itself does not diverge', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quantisation-'));
  await writeTinyFolder(join(folder, 'checkpoint'));
  const card = { id: 'tiny', name: 'Tiny', description: '', license: '', source: { repo: '', revision: '' } };
  const model = join(folder, 'model');
  await buildFolder({ checkpoint: join(folder, 'checkpoint'), out: model, variants: ['f32', 'wasm-int8'], card });
  const [f32, int8] = [await openEngine({ model, variant: 'f32' }), await openEngine({ model, variant: 'wasm-int8' })];
  const image = new Blob([new Uint8Array(PNG.sync.write(new PNG({ width: 9, height: 9 })))]);
  const content = [
    { type: 'image' as const, image },
    { type: 'text' as const, text: 'What is it?' },
  ];
  const request = { messages: [{ role: 'user' as const, content }] };
  const reference = await trace(f32, request);
  const { text } = await collect(f32, { ...request, temperature: 0, max_tokens: 64 });
  expect(reference.text).toBe(text);
  expect(reference.logits.length).toBeGreaterThan(1);
  expect(f32.parts.tokenizer.decode(reference.ids)).toContain(text.trim());

  const same = await compare(f32, request, reference);
  expect([same.text, same.agreeing]).toEqual([reference.text, reference.logits.length]);
  for (const value of same.divergences) expect(value).toBeLessThan(1e-9);
  const other = await compare(int8, request, reference);
  expect(other.divergences).toHaveLength(reference.logits.length);
  expect(Math.max(...other.divergences)).toBeGreaterThan(1e-9);
  expect(other.divergences.every(Number.isFinite)).toBe(true);
  for (const engine of [f32, int8]) await engine.dispose();
  await rm(folder, { recursive: true });
});
