import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Backend } from '../contract/backend.ts';
import { createChosenBackend } from './backends/choose.ts';
import {
  collect,
  DONE,
  type FakeApi,
  FakeWorker,
  INFO,
  ok,
  opened,
  QUESTION,
  send,
} from './backends/test/fake-worker.ts';
import { chosenBackend } from './chosen-backend.ts';

const MODEL = 'https://example.test/models/m/';
const calls: string[] = [];

/** Every method of a worker; each writes down that it was called. */
const farEnd: Partial<FakeApi> = {
  async load(_id, _request, onProgress) {
    calls.push('load');
    await send(onProgress, { step: 'prepare', loaded_bytes: 8, total_bytes: 8, network_bytes: 0 });
    return ok(INFO);
  },
  async prepare(_id, next) {
    calls.push(`prepare ${next.messages.length}`);
    return ok(null);
  },
  async measure(messages) {
    calls.push(`measure ${messages.length}`);
    return ok(7);
  },
  async chat(_id, request, onEvent) {
    calls.push(`chat ${request.messages.length}`);
    await send(onEvent, DONE);
    return ok(null);
  },
  async deleteStored(modelUrl) {
    calls.push(`deleteStored ${modelUrl}`);
    return ok(null);
  },
  async dispose() {
    calls.push('dispose');
    return ok(null);
  },
};

beforeEach(() => {
  calls.length = 0;
  vi.stubGlobal('document', { querySelector: () => null });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem() {}, removeItem() {} });
  vi.stubGlobal(
    'Worker',
    class {
      constructor() {
        return new FakeWorker(farEnd).start();
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

/** What the page is put together from; only the worker's far end is made up. */
const COMPOSITIONS: [string, () => Backend][] = [
  ['the page', () => chosenBackend({ modelUrl: MODEL }).backend],
  ['a model in our own format', () => createChosenBackend({ kind: 'mipha' }, { modelUrl: MODEL })],
  ['a model of the hub', () => createChosenBackend({ kind: 'hub', address: MODEL }, { modelUrl: MODEL })],
];

test.each(COMPOSITIONS)('everything that %s asks of its backend reaches the worker', async (_, compose) => {
  const backend = compose();
  opened.push(backend);
  const progress: string[] = [];
  expect(await backend.load({ onProgress: ({ step }) => progress.push(step) })).toEqual(INFO);
  expect(progress).toEqual(['prepare']);
  const performed: Record<keyof Backend, unknown> = {
    load: await backend.load(),
    prepare: await backend.prepare(QUESTION),
    measure: await backend.measure(QUESTION.messages),
    chat: await collect(backend.chat(QUESTION)),
    deleteStored: await backend.deleteStored(),
    dispose: await backend.dispose(),
  };
  expect(performed).toMatchObject({ measure: 7, chat: [DONE] });
  expect(calls).toEqual(['load', 'prepare 1', 'measure 1', 'chat 1', `deleteStored ${MODEL}`, 'dispose']);
});
