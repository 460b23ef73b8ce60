import { describe, expect, test } from 'vitest';
import type { ChatEvent, ChatRequest } from '../../contract/chat.ts';
import { asAppError } from '../../contract/errors.ts';
import { createPromptApiBackend, type LanguageModelApi, promptApiAvailability } from './prompt-api.ts';
import { stub } from './test/language-model.ts';

const image = new Blob(['picture']);
const ASK: ChatRequest = {
  messages: [
    { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
    {
      role: 'user',
      content: [
        { type: 'image', image },
        { type: 'text', text: 'What is it?' },
      ],
    },
    { role: 'assistant', content: [{ type: 'text', text: 'A cat.' }] },
    { role: 'user', content: [{ type: 'text', text: 'Sure?' }] },
  ],
};
async function collect(events: AsyncIterable<ChatEvent>, onEvent: (event: ChatEvent) => void = () => {}) {
  const all: ChatEvent[] = [];
  for await (const event of events) {
    all.push(event);
    onEvent(event);
  }
  return all;
}
const failure = async (task: Promise<unknown>) => asAppError(await task.catch((thrown: unknown) => thrown));

describe('the browser’s own model', () => {
  test('loads with progress and says where it runs', async () => {
    const { api, seen } = stub();
    const progress: number[] = [];
    const info = await createPromptApiBackend(api).load({
      onProgress: ({ loaded_bytes }) => progress.push(loaded_bytes),
    });
    expect(info).toMatchObject({ device: 'browser', max_length: 6144, self_test_error: null });
    expect(progress).toContain(500);
    expect(seen.created[0]?.expectedInputs).toEqual([{ type: 'text' }, { type: 'image' }]);
    expect(seen.destroyed).toBe(1);
  });

  test('streams an answer to the whole conversation, pictures as they are', async () => {
    const { api, seen } = stub();
    const events = await collect(createPromptApiBackend(api).chat(ASK));
    expect(events.map((event) => (event.type === 'text' ? event.text : event.type))).toEqual([
      'phase',
      'phase',
      'Yes, ',
      'sure.',
      'done',
    ]);
    const session = seen.created[1];
    expect(session?.initialPrompts?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
    expect(session?.initialPrompts?.[1]?.content).toEqual([
      { type: 'image', value: image },
      { type: 'text', value: 'What is it?' },
    ]);
    expect(seen.prompted).toEqual([[{ role: 'user', content: [{ type: 'text', value: 'Sure?' }] }]]);
    expect(seen.destroyed).toBe(2);
  });

  test('Stop ends with what there is and frees the session', async () => {
    const { api, seen } = stub(Array.from({ length: 50 }, () => 'on '));
    const controller = new AbortController();
    const events = await collect(createPromptApiBackend(api).chat(ASK, { signal: controller.signal }), (event) => {
      if (event.type === 'text') controller.abort();
    });
    expect(events.at(-1)).toMatchObject({ type: 'done', finish_reason: 'cancelled' });
    expect(events.length).toBeLessThan(10);
    expect(seen.destroyed).toBe(2);
  });

  test.each([
    ['QuotaExceededError', 'context-full'],
    ['NotAllowedError', 'request-invalid'],
    ['NotSupportedError', 'model-unsupported'],
    ['NetworkError', 'download-failed'],
    ['OperationError', 'backend-failed'],
  ])('%s becomes %s', async (name, code) => {
    const { api } = stub(['Yes', new DOMException('no', name)]);
    expect(await failure(collect(createPromptApiBackend(api).chat(ASK)))).toMatchObject({ code });
  });

  test('where there is none it says so, and a later try asks again', async () => {
    for (const api of [null, stub([], 'unavailable').api]) {
      expect(await promptApiAvailability(api)).toBe('unavailable');
      expect(await failure(createPromptApiBackend(api).load())).toMatchObject({ code: 'model-unsupported' });
    }
    const throwing = { availability: () => Promise.reject(new TypeError('image')) } as unknown as LanguageModelApi;
    expect(await promptApiAvailability(throwing)).toBe('unavailable');
    expect(await promptApiAvailability(stub([], 'downloadable').api)).toBe('downloadable');
  });

  test('a question must come last', async () => {
    const wrong = { messages: ASK.messages.slice(0, 3) };
    expect(await failure(collect(createPromptApiBackend(stub().api).chat(wrong)))).toMatchObject({
      code: 'request-invalid',
    });
  });
});
