import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFolder } from '../cli/build-folder.ts';
import { writeTinyFolder } from '../builder/test/folders.ts';
import { openModelFolder } from '../cli/node-files.ts';
import type { ModelFiles } from '../contract/manifest.ts';
import { Engine } from '../engine/engine.ts';
import { findVariant } from '../engine/load.ts';
import { generate } from '../engine/generate.ts';
import { elementCount } from '../engine/runtime.ts';
import { argmax, toSampling } from '../engine/sampler.ts';
import { ask, assistant, decodeImage, image, user } from '../engine/test/chat.ts';
import { createWasmRuntime } from './ort.ts';

let folder: string;
let files: ModelFiles;
const engines: Engine[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-test-'));
  await writeTinyFolder(join(folder, 'checkpoint'), { seed: 3 });
  const card = { id: 'tiny', name: 'Tiny', description: '', license: '', source: { repo: '', revision: '' } };
  const variants = ['f32', 'wasm-int8'];
  await buildFolder({ checkpoint: join(folder, 'checkpoint'), out: join(folder, 'model'), variants, card });
  files = await openModelFolder(join(folder, 'model'));
  // Random weights know no image, so they may see two: the cache has to keep them apart.
  files.manifest.limits.max_images = 2;
});

afterAll(async () => {
  for (const engine of engines) await engine.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function load(variant = 'f32', prefillChunk?: number): Promise<Engine> {
  const engine = await Engine.load({
    files,
    variant: findVariant(files.manifest, variant),
    runtime: await createWasmRuntime(),
    decode: decodeImage,
    prefillChunk,
  });
  engines.push(engine);
  return engine;
}

const grey = image(60, 40, 30);
const light = image(220, 20, 50);
const question = [user('What is it?', grey)];
const short = { max_tokens: 16 };

describe('a tiny model through ONNX Runtime', () => {
  test.each(['f32', 'wasm-int8'])('%s proves itself and answers', async (variant) => {
    const engine = await load(variant);
    expect(engine.parts.selfTestError).toBeLessThanOrEqual(files.manifest.self_test.tolerance[variant]!);
    const answer = await ask(engine, question, short);
    expect(answer.text).not.toBe('');
    expect(answer.done.usage.completion_tokens).toBeGreaterThan(0);
  });

  test('what a fresh cache happens to hold is never computed with', async () => {
    const engine = await load();
    const { cache, runtime } = engine.parts;
    const before = await ask(engine, question, short);
    cache.clear();
    for (const tensor of Object.values(cache.past))
      runtime.write(tensor, new Float32Array(elementCount(tensor.dims)).fill(Number.NaN));
    expect((await ask(engine, question, short)).text).toBe(before.text);
  });

  test("greedy ids are the argmax of the logits, and the manifest's continuation in float32", async () => {
    const { parts } = await load();
    const { input_ids, next_ids } = files.manifest.self_test;
    await parts.language.prefill(input_ids);
    const ids: number[] = [];
    while (ids.length < next_ids.length) {
      const id = await parts.language.nextToken();
      expect(id).toBe(argmax(await parts.language.logits()));
      ids.push(id);
      await parts.language.step([id]);
    }
    expect(ids).toEqual(next_ids);
  });

  test('chunked prefill gives the logits of one go', async () => {
    const { input_ids } = files.manifest.self_test;
    const logits = async (chunk: number) => {
      const { parts } = await load('f32', chunk);
      await parts.language.prefill(input_ids);
      return parts.language.logits();
    };
    const whole = await logits(1000);
    for (const chunk of [1, 5, 16]) {
      const chunked = await logits(chunk);
      for (const [id, value] of whole.entries()) expect(Math.abs(chunked[id]! - value)).toBeLessThan(1e-4);
    }
  });

  test('a follow-up with its cache answers as from scratch, without seeing the picture again', async () => {
    const engine = await load();
    const first = await ask(engine, question, short);
    const followUp = [...question, assistant(first.text), user('And the colour?')];
    const cached = await ask(engine, followUp, short);
    const scratch = await ask(await load(), followUp, short);
    expect(cached.text).toBe(scratch.text);
    expect(cached.phases).not.toContain('vision');
    expect(cached.done.usage.cached_tokens).toBeGreaterThanOrEqual(first.done.usage.prompt_tokens);
    expect(scratch.done.usage.cached_tokens).toBe(0);
  });

  test('int8: what was prepared while the question was typed gives the same logits to the last bit', async () => {
    const logits = async (prepared: boolean) => {
      const engine = await load('wasm-int8', 8);
      if (prepared) await engine.prepare({ messages: [user('', grey)] });
      const held = engine.parts.cache.length;
      const { done } = await ask(engine, question, { max_tokens: 1 });
      expect(done.usage.cached_tokens).toBe(held);
      return { held, logits: await engine.parts.language.logits() };
    };
    const [ahead, without] = [await logits(true), await logits(false)];
    expect([ahead.held > 0, without.held]).toEqual([true, 0]);
    expect(ahead.logits).toEqual(without.logits);
  });

  test('two pictures in one conversation, and their order', async () => {
    const engine = await load();
    const messages = [user('First', grey), assistant('one'), user('Second', light)];
    const answer = await ask(engine, messages, short);
    expect(answer.text).toBe((await ask(await load(), messages, short)).text);
    const swapped = [user('First', light), assistant('one'), user('Second', grey)];
    expect((await ask(engine, swapped, short)).text).toBe((await ask(await load(), swapped, short)).text);
  });

  test('sampling with a seed is reproducible', async () => {
    const engine = await load();
    const options = { ...short, temperature: 1.5, top_p: 0.95, seed: 5 };
    const first = await ask(engine, question, options);
    expect((await ask(engine, question, options)).text).toBe(first.text);
    expect((await ask(engine, question, { ...options, seed: 6 })).text).not.toBe(first.text);
  });

  test('a stop string cuts the greedy answer', async () => {
    const engine = await load();
    const whole = await ask(engine, question, short);
    const stop = whole.text.slice(3, 5);
    const cut = await ask(engine, question, { ...short, stop: [stop] });
    expect(cut.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)).trimEnd());
    expect(cut.done.finish_reason).toBe('stop');
  });

  test('Stop in the middle leaves the engine usable', async () => {
    const engine = await load();
    const whole = await ask(engine, question, short);
    const controller = new AbortController();
    let events = 0;
    for await (const event of engine.answer({ messages: question, ...short }, controller.signal)) {
      if (event.type === 'text' && ++events === 2) controller.abort();
      if (event.type === 'done') expect(event.finish_reason).toBe('cancelled');
    }
    expect((await ask(engine, question, short)).text).toBe(whole.text);
  });

  test('a conversation that outgrows the context loses its oldest turns, a question that cannot fit is refused', async () => {
    const engine = await load();
    const filler = Array.from({ length: 20 }, () => [user('tell me more about it'), assistant('it is a thing')]).flat();
    const answer = await ask(engine, [...question, assistant('a thing'), ...filler, user('And?')], short);
    expect(answer.done.usage.dropped_turns).toBeGreaterThan(0);
    await expect(ask(engine, [user('word '.repeat(600), grey)])).rejects.toMatchObject({ code: 'context-full' });
  });

  test('generation up to the last place of the context', async () => {
    const { parts } = await load();
    const { language, cache, runtime } = parts;
    await language.prefill(files.manifest.self_test.input_ids);
    const ids: number[] = [];
    const maxTokens = cache.maxLength - cache.length;
    const options = {
      sampling: toSampling({}, {}),
      random: Math.random,
      stopIds: [],
      contextIds: [],
      signal: undefined,
    };
    for await (const id of generate(runtime, language, { ...options, maxTokens })) ids.push(id);
    expect(ids).toHaveLength(maxTokens);
    await expect(language.step([1, 1])).rejects.toMatchObject({ code: 'context-full' });
  });
});

describe('wasm runtime', () => {
  test('a graph that is none is a named error', async () => {
    const runtime = await createWasmRuntime();
    await expect(runtime.createSession(Uint8Array.of(1, 2, 3), [])).rejects.toMatchObject({ code: 'backend-failed' });
  });

  test.each([2 ** 30 - 1, 2 ** 30, 2 ** 34])('%i floats are too many, and it goes on working', async (count) => {
    const runtime = await createWasmRuntime();
    expect(() => runtime.allocate('float32', [count])).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
    const tensor = runtime.allocate('int32', [1]);
    runtime.write(tensor, Int32Array.of(7));
    expect([...(await runtime.read(tensor))]).toEqual([7]);
    await runtime.dispose();
  });

  test('tensors: write, view, copy, read', async () => {
    const runtime = await createWasmRuntime();
    const tensor = runtime.allocate('float32', [2, 3]);
    expect([...((await runtime.read(tensor)) as Float32Array)]).toEqual([0, 0, 0, 0, 0, 0]);
    runtime.write(tensor, Float32Array.of(1, 2, 3));
    const view = runtime.view(tensor, [1, 2]);
    expect([...((await runtime.read(view)) as Float32Array)]).toEqual([1, 2]);
    runtime.copy(view, tensor, 4);
    expect([...((await runtime.read(tensor)) as Float32Array)]).toEqual([1, 2, 3, 0, 1, 2]);
    runtime.free(tensor);
    await runtime.dispose();
  });
});
