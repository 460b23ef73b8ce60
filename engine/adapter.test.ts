/** Adapters switched on and off between questions: whose answer it is, what is kept, and what a failure leaves behind. */
import { expect, test } from 'vitest';
import type { Adapter } from '../contract/manifest.ts';
import { Engine } from './engine.ts';
import { ask, assistant, collect, decodeImage, image, user } from './test/chat.ts';
import { FakeRuntime, fakeFiles, fakeManifest } from './test/fake-runtime.ts';

const graph = { variant: 'fake', decoder: 'adapters/other/decoder.onnx', weights: ['adapters/other/1.bin'], bytes: 1 };
const answer = { next_ids: [4], probe_logits: [0], tolerance: 1000 };
const adapter = (id: string, changes: Partial<Adapter['variants'][number]> = {}): Adapter => ({
  id,
  name: id,
  description: '',
  variants: [{ ...graph, answer, ...changes }],
});

async function load() {
  const runtime = new FakeRuntime();
  const read: string[] = [];
  const adapters = [
    adapter('other'),
    adapter('wrong', { answer: { ...answer, tolerance: 0.001 } }),
    adapter('missing', { decoder: 'adapters/missing/decoder.onnx' }),
    adapter('elsewhere', { variant: 'gpu' }),
  ];
  const files = fakeFiles(fakeManifest({ adapters }));
  const watched: typeof files = {
    ...files,
    read: (path, signal) => {
      read.push(path);
      return files.read(path, signal);
    },
  };
  const variant = files.manifest.variants[0]!;
  const engine = await Engine.load({ files: watched, variant, runtime, decode: decodeImage });
  runtime.visionRuns = 0;
  read.length = 0;
  return { engine, runtime, read };
}

const question = [user('What is it?', image(80))];

test('on, off and on again between answers: each answers as if it had always been so', async () => {
  const { engine, runtime, read } = await load();
  const off = await ask(engine, question);
  const on = await ask(engine, question, { adapter: 'other' });
  expect(on.text).not.toBe(off.text);
  expect(on.done.usage.cached_tokens).toBe(0);
  // Files of the adapter and weights that the store holds; the image is not looked at again.
  expect(read).toEqual(['adapters/other/decoder.onnx', 'adapters/other/1.bin', 'weights/1.bin']);
  expect((await ask(engine, question)).text).toBe(off.text);
  expect((await ask(engine, question, { adapter: 'other' })).text).toBe(on.text);
  expect(runtime.visionRuns).toBe(1);
  expect(runtime.sessions).toBe(2);
  expect(runtime.mostSessions).toBe(2);
});

test('a follow-up with the same adapter goes on from what is held', async () => {
  const { engine, read } = await load();
  const first = await ask(engine, question, { adapter: 'other' });
  read.length = 0;
  const second = await ask(engine, [...question, assistant(first.text), user('And?')], { adapter: 'other' });
  expect(second.done.usage.cached_tokens).toBeGreaterThan(first.done.usage.prompt_tokens - 1);
  expect(read).toEqual([]);
});

test.each([
  ['nothing', 'request-invalid', /no adapter nothing.*other, wrong/],
  ['elsewhere', 'request-invalid', /not built for fake/],
  ['missing', 'download-failed', /missing/],
  ['wrong', 'self-test-failed', /wrong answers/],
])('%s: a named error, and the engine answers as before', async (id, code, message) => {
  const { engine, runtime } = await load();
  const before = await ask(engine, question);
  const refused = collect(engine.answer({ messages: question, adapter: id }));
  await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect((await ask(engine, question)).text).toBe(before.text);
  expect(runtime.sessions).toBe(2);
  expect(runtime.mostSessions).toBe(2);
});

test('a runtime without room for the new decoder has the old one again', async () => {
  const { engine, runtime } = await load();
  const before = await ask(engine, question);
  runtime.failingSessions = 1;
  await expect(ask(engine, question, { adapter: 'other' })).rejects.toMatchObject({ code: 'out-of-memory' });
  expect(runtime.sessions).toBe(2);
  expect((await ask(engine, question)).text).toBe(before.text);
});

test('when even the old one does not load, the next question loads what it needs', async () => {
  const { engine, runtime } = await load();
  const before = await ask(engine, question);
  runtime.failingSessions = 2;
  await expect(ask(engine, question, { adapter: 'other' })).rejects.toMatchObject({ code: 'out-of-memory' });
  expect(runtime.sessions).toBe(1);
  expect((await ask(engine, question)).text).toBe(before.text);
  expect(runtime.sessions).toBe(2);
});

test('stopped while it is switched: the adapter before answers', async () => {
  const { engine, runtime } = await load();
  const before = await ask(engine, question);
  const controller = new AbortController();
  runtime.beforeRun = () => controller.abort();
  const { done } = await collect(engine.answer({ messages: question, adapter: 'other' }, controller.signal));
  runtime.beforeRun = null;
  expect(done.finish_reason).toBe('cancelled');
  expect(runtime.sessions).toBe(2);
  expect((await ask(engine, question)).text).toBe(before.text);
});
