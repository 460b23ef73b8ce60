import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../contract/backend.ts';
import { SharedBackend } from '../library/shared-backend.ts';
import { LateBackend } from './late.ts';
import { createOpenAiBackend } from './openai.ts';
import { createPromptApiBackend } from './prompt-api.ts';
import { SwitchableBackend } from './switchable.ts';
import { backendOf, collect, DONE, ok, QUESTION, send } from './test/fake-worker.ts';
import { stub } from './test/language-model.ts';
import { type OpenAiServer, startOpenAiServer } from './test/openai-server.ts';
import { EVERY_CALL, recordingBackend } from './test/recording-backend.ts';

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());

const BACKENDS: Record<string, () => Backend> = {
  worker: () =>
    backendOf(() => ({
      measure: async () => ok(7),
      async chat(_id, _request, onEvent) {
        await send(onEvent, { type: 'text', text: 'A cat.' });
        await send(onEvent, DONE);
        return ok(null);
      },
    })),
  openai: () => createOpenAiBackend({ baseUrl: server.address }),
  'prompt-api': () => createPromptApiBackend(stub().api),
};

let places = 0;
const WRAPPERS: Record<string, (inner: Backend) => Backend> = {
  late: (inner) => new LateBackend(async () => inner),
  switchable: (inner) => new SwitchableBackend(inner),
  'switchable over late': (inner) => new SwitchableBackend(new LateBackend(async () => inner)),
  hold: (inner) => {
    const url = new URL(`https://example.test/${places++}/`);
    return new SharedBackend({ runtime: url, modelUrl: url, device: undefined }, () => inner);
  },
};

const all = Object.entries(BACKENDS).flatMap(([name, make]): [string, () => Backend][] => [
  [name, make],
  ...Object.entries(WRAPPERS).map(([wrapper, wrap]): [string, () => Backend] => [
    `${wrapper} over ${name}`,
    () => wrap(make()),
  ]),
]);

describe.each(all)('%s', (_, make) => {
  test('does what a Backend promises', async () => {
    const backend = make();
    await backend.prepare(QUESTION); // nothing is loaded: that is no failure
    const { capabilities, ...info } = await backend.load();
    expect(await backend.load()).toEqual({ ...info, capabilities });
    await backend.prepare(QUESTION);
    if (capabilities.measure) expect(await backend.measure(QUESTION.messages)).toBeGreaterThan(0);
    else await expect(backend.measure(QUESTION.messages)).rejects.toMatchObject({ code: 'request-invalid' });
    const events = await collect(backend.chat(QUESTION));
    expect(events.some(({ type }) => type === 'text')).toBe(true);
    expect(events.findIndex(({ type }) => type === 'done')).toBe(events.length - 1);
    const stopped = await collect(backend.chat(QUESTION, { signal: AbortSignal.abort() }));
    expect(stopped.at(-1)).toMatchObject({ type: 'done', finish_reason: 'cancelled' });
    await backend.deleteStored();
    await backend.dispose();
  });
});

describe.each(Object.entries(WRAPPERS))('the wrapper %s', (_, wrap) => {
  test('hands on every call as it came, and what comes of it', async () => {
    const inner = recordingBackend();
    const backend = wrap(inner);
    for (const [method, { args, value, call }] of Object.entries(EVERY_CALL)) {
      expect(await call(backend)).toEqual(value);
      expect(inner.calls.splice(0)).toEqual([[method, ...args]]);
    }
  });

  test('hands on every failure', async () => {
    const failing = recordingBackend();
    for (const method of Object.keys(EVERY_CALL) as (keyof Backend)[])
      failing[method] = () => {
        throw new RangeError(method);
      };
    const backend = wrap(failing);
    for (const [method, { call }] of Object.entries(EVERY_CALL)) await expect(call(backend)).rejects.toThrow(method);
  });
});
