/** The Prompt API's cases, in the manner of web-platform-tests, against the library's class in Node. */
import { describe, expect, test, vi } from 'vitest';
import type { ChatEvent, ChatRequest, FinishReason } from '../../../contract/chat.ts';
import { AppError } from '../../../contract/errors.ts';
import type { AnsweringAssistant } from '../answering-assistant.ts';
import { scriptedAssistant } from '../test/node-assistant.ts';
import { LanguageModel as Packaged, type LanguageModelPrompt } from './index.ts';

const done = (finish_reason: FinishReason = 'stop'): ChatEvent => ({
  type: 'done',
  finish_reason,
  usage: { prompt_tokens: 9, cached_tokens: 0, completion_tokens: 2 },
  timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
});
async function* hello(): AsyncGenerator<ChatEvent> {
  yield { type: 'text', text: 'Hello' };
  yield { type: 'text', text: ' there.' };
  yield done();
}
/** One word, then nothing until it is stopped. */
async function* endless(_request: unknown, signal: AbortSignal | undefined): AsyncGenerator<ChatEvent> {
  yield { type: 'text', text: 'Well' };
  await new Promise<void>((stopped) => signal?.addEventListener('abort', () => stopped(), { once: true }));
  yield done('cancelled');
}
/** A class whose sessions are answered by a script; 100 tokens fit, a word is one. */
function classOver(answer: (request: ChatRequest, signal: AbortSignal | undefined) => AsyncIterable<ChatEvent>) {
  const asked: ChatRequest[] = [];
  const disposed = vi.fn<() => void>();
  class LanguageModel extends Packaged {
    static override newAssistant: typeof Packaged.newAssistant = (onProgress): AnsweringAssistant => {
      const { assistant } = scriptedAssistant((request, signal) => {
        asked.push(request);
        return answer(request, signal);
      });
      const { load, dispose } = assistant;
      return Object.assign(assistant, {
        load: async (options: { signal?: AbortSignal } = {}) => {
          onProgress({ step: 'download', loaded_bytes: 5, total_bytes: 10, network_bytes: 5 });
          onProgress({ step: 'self-test', loaded_bytes: 10, total_bytes: 10, network_bytes: 10 });
          return load.call(assistant, options);
        },
        dispose: async () => {
          disposed();
          await dispose.call(assistant);
        },
      });
    };
  }
  return { LanguageModel, asked, disposed };
}
const named = (name: string) => expect.objectContaining({ name });
const image = new Blob([new Uint8Array(4)], { type: 'image/png' });
const show = (value: unknown, role = 'user', type = 'image') =>
  [{ role, content: [{ type, value }] }] as LanguageModelPrompt;
const pictures = { expectedInputs: [{ type: 'image' as const }] };
const texts = ({ messages }: ChatRequest) =>
  messages.map(
    ({ role, content }) => `${role}: ${content.map((part) => (part.type === 'text' ? part.text : 'O')).join('|')}`,
  );

describe('create and availability', () => {
  test('availability rises with the first session; params are what the attributes say', async () => {
    const { LanguageModel } = classOver(hello);
    expect(await LanguageModel.availability()).toBe('downloadable');
    const creating = LanguageModel.create();
    await Promise.resolve();
    expect(await LanguageModel.availability()).toBe('downloading');
    const session = await creating;
    expect(await LanguageModel.availability()).toBe('available');
    const params = await LanguageModel.params();
    expect([session.topK, session.temperature]).toEqual([params.defaultTopK, params.defaultTemperature]);
    expect(session).toBeInstanceOf(EventTarget);
    expect(() => Reflect.construct(LanguageModel, [])).toThrow(TypeError);
  });

  test.each([
    { expectedInputs: [{ type: 'audio' as const }] },
    { expectedOutputs: [{ type: 'image' as const }] },
    { tools: [{ name: 'add' }] },
  ])('what the model has not is unavailable and NotSupportedError: %j', async (options) => {
    const { LanguageModel } = classOver(hello);
    expect(await LanguageModel.availability(options)).toBe('unavailable');
    await expect(LanguageModel.create(options)).rejects.toThrow(named('NotSupportedError'));
  });

  test.each([
    [{ topK: 0 }, RangeError],
    [{ temperature: -1 }, RangeError],
    [{ temperature: Number.NaN }, RangeError],
    [{ expectedInputs: [{ type: 'text', languages: ['en-abc-invalid-!'] }] }, RangeError],
    [{ expectedInputs: [{ type: 'smell' }] }, TypeError],
    [{ samplingMode: 'wild' }, TypeError],
  ])('bad options %j reject', async (options, error) => {
    const { LanguageModel } = classOver(hello);
    await expect(LanguageModel.create(options as object)).rejects.toThrow(error);
    await expect(LanguageModel.availability(options as object)).rejects.toThrow(error);
  });

  test('numbers past the most are the most, and reach the model', async () => {
    const { LanguageModel, asked } = classOver(hello);
    const session = await LanguageModel.create({ topK: Number.POSITIVE_INFINITY, temperature: 99 });
    const { maxTopK, maxTemperature } = await LanguageModel.params();
    expect([session.topK, session.temperature]).toEqual([maxTopK, maxTemperature]);
    await session.prompt('Hm?');
    expect(asked[0]).toMatchObject({ temperature: maxTemperature, top_k: maxTopK });
    const calm = await LanguageModel.create({ samplingMode: 'most-predictable' });
    expect([calm.samplingMode, calm.temperature]).toEqual(['most-predictable', 0]);
  });

  test('progress begins at 0, rises, and ends at 1 before create resolves', async () => {
    const { LanguageModel } = classOver(hello);
    const seen: number[] = [];
    const handled = vi.fn<(event: ProgressEvent) => void>();
    await LanguageModel.create({
      monitor(monitor) {
        monitor.ondownloadprogress = handled;
        monitor.addEventListener('downloadprogress', (event) => {
          const { loaded, total, lengthComputable } = event as ProgressEvent;
          expect([total, lengthComputable]).toEqual([1, true]);
          seen.push(loaded);
        });
      },
    });
    expect([seen[0], seen.at(-1)]).toEqual([0, 1]);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen.length).toBeGreaterThan(2);
    expect(handled).toHaveBeenCalledTimes(seen.length);
    const refused = LanguageModel.create({
      monitor() {
        throw new RangeError('mine');
      },
    });
    await expect(refused).rejects.toThrow('mine');
  });

  test('abort: before, while it loads, and afterwards, which destroys the session', async () => {
    const { LanguageModel, disposed } = classOver(endless);
    const reason = new Error('enough');
    await expect(LanguageModel.create({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const monitor = (): void => stop.abort(reason);
    await expect(LanguageModel.create({ signal: stop.signal, monitor })).rejects.toBe(reason);
    const later = new AbortController();
    const session = await LanguageModel.create({ signal: later.signal });
    const pending = session.prompt('Hm?');
    later.abort();
    await expect(pending).rejects.toThrow(named('AbortError'));
    await expect(session.prompt('Again?')).rejects.toThrow(named('AbortError'));
    expect(disposed).toHaveBeenCalledTimes(2);
  });

  test('initial prompts fill the context as measured, and too many are refused with numbers', async () => {
    const { LanguageModel, asked } = classOver(hello);
    const initialPrompts = [
      { role: 'system' as const, content: 'Be very short.' },
      { role: 'user' as const, content: 'Hi.' },
      { role: 'assistant' as const, content: 'Hello.' },
    ];
    const session = await LanguageModel.create({ initialPrompts });
    expect(session.contextUsage).toBe(5);
    expect(await session.measureContextUsage(initialPrompts)).toBe(5);
    await session.prompt('Well?');
    expect(texts(asked[0]!)).toEqual(['system: Be very short.', 'user: Hi.', 'assistant: Hello.', 'user: Well?']);
    const long = { role: 'user' as const, content: 'word '.repeat(120) };
    const refused = await LanguageModel.create({ initialPrompts: [long] }).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ name: 'QuotaExceededError', quota: 100 });
    expect((refused as { requested: number }).requested).toBeGreaterThan(100);
    await expect(LanguageModel.create({ initialPrompts: show(image) as [] })).rejects.toThrow(
      named('NotSupportedError'),
    );
    const late = [...initialPrompts.slice(1), initialPrompts[0]!];
    await expect(LanguageModel.create({ initialPrompts: late })).rejects.toThrow(TypeError);
  });

  test('a model that cannot be fetched or run says so with the name of the specification', async () => {
    class Broken extends Packaged {
      static code: AppError['code'] = 'download-failed';
      static override newAssistant: typeof Packaged.newAssistant = () => {
        const { assistant } = scriptedAssistant(hello);
        return Object.assign(assistant, { load: () => Promise.reject(new AppError(Broken.code, 'No.')) });
      };
    }
    await expect(Broken.create()).rejects.toThrow(named('NetworkError'));
    Broken.code = 'webgpu-missing';
    await expect(Broken.create()).rejects.toThrow(named('NotSupportedError'));
    Broken.code = 'out-of-memory';
    await expect(Broken.create()).rejects.toThrow(named('OperationError'));
    expect(await Broken.availability()).toBe('downloadable');
  });
});

describe('prompt', () => {
  test('a conversation: what was said before is asked along, and counted', async () => {
    const { LanguageModel, asked } = classOver(hello);
    const session = await LanguageModel.create();
    expect([session.contextUsage, session.inputUsage, session.contextWindow]).toEqual([0, 0, 100]);
    expect(await session.prompt('My name is Alice.')).toBe('Hello there.');
    expect(session.contextUsage).toBe(6);
    expect(await session.measureInputUsage('What is it?')).toBe(3);
    let streamed = '';
    for await (const piece of session.promptStreaming('What is it?')) streamed += piece;
    expect(streamed).toBe('Hello there.');
    expect(texts(asked[1]!)).toEqual(['user: My name is Alice.', 'assistant: Hello there.', 'user: What is it?']);
    expect(await session.append('Also this.')).toBeUndefined();
    expect([asked.length, session.contextUsage]).toEqual([2, 13]);
    await session.prompt([
      {
        role: 'user',
        content: [
          { type: 'text', value: 'Q' },
          { type: 'text', value: '?' },
        ],
      },
    ]);
    expect(texts(asked[2]!).slice(-2)).toEqual(['user: Also this.', 'user: Q?']);
  });

  test.each([[''], [[]], [[{ role: 'user', content: [] }]], [[{ role: 'assistant', content: 'I see.' }]]])(
    'a prompt without a question is answered: %j',
    async (input) => {
      const { LanguageModel, asked } = classOver(hello);
      const session = await LanguageModel.create();
      expect(await session.prompt(input as LanguageModelPrompt)).toBe('Hello there.');
      expect(texts(asked[0]!).at(-1)).toBe('user: Go on.');
    },
  );

  test.each([
    [show(image), {}, 'NotSupportedError'],
    [show(image, 'assistant'), pictures, 'NotSupportedError'],
    [show(image, 'user', 'audio'), pictures, 'NotSupportedError'],
    [show(image, 'user', 'text'), pictures, 'TypeError'],
    [show('https://elsewhere.example/cat.png'), pictures, 'TypeError'],
    [show('x', 'user', 'smell'), pictures, 'TypeError'],
    [[{ role: 'tool', content: 'x' }], {}, 'TypeError'],
    [7, {}, 'TypeError'],
    [[{ role: 'user', content: 'x', prefix: true }], {}, 'SyntaxError'],
    [
      [
        { role: 'assistant', content: 'x', prefix: true },
        { role: 'user', content: 'x' },
      ],
      {},
      'SyntaxError',
    ],
    [[{ role: 'assistant', content: 'x', prefix: true }], {}, 'NotSupportedError'],
    [
      [
        { role: 'user', content: 'x' },
        { role: 'system', content: 'x' },
      ],
      {},
      'TypeError',
    ],
  ])('refuses %j', async (input, options, name) => {
    const { LanguageModel, asked } = classOver(hello);
    const session = await LanguageModel.create(options);
    const prompt = input as LanguageModelPrompt;
    await expect(session.prompt(prompt)).rejects.toThrow(named(name));
    await expect(session.append(prompt)).rejects.toThrow(named(name));
    await expect(session.measureContextUsage(prompt)).rejects.toThrow(named(name));
    await expect(session.promptStreaming(prompt).getReader().read()).rejects.toThrow(named(name));
    expect([asked, session.contextUsage]).toEqual([[], 0]);
  });

  test('a system message comes first or not at all', async () => {
    const { LanguageModel } = classOver(hello);
    const session = await LanguageModel.create();
    const system = [{ role: 'system' as const, content: 'Be short.' }];
    await session.append(system);
    await expect(session.prompt(system)).rejects.toThrow(TypeError);
  });

  test('a constraint reaches the model; what is none is refused', async () => {
    const { LanguageModel, asked } = classOver(hello);
    const session = await LanguageModel.create();
    const schema = { type: 'boolean' };
    await session.prompt('Is it?', { responseConstraint: schema, omitResponseConstraintInput: true });
    expect(asked[0]!.response_format).toMatchObject({ type: 'json_schema', json_schema: { schema } });
    await expect(session.prompt('Hm?', { omitResponseConstraintInput: true })).rejects.toThrow(TypeError);
    await expect(session.measureContextUsage('Hm?', { omitResponseConstraintInput: true })).rejects.toThrow(TypeError);
    await expect(session.prompt('Hm?', { responseConstraint: /a+/ })).rejects.toThrow(named('NotSupportedError'));
  });

  test('an aborted prompt rejects at once and is not remembered; the next one is answered', async () => {
    let first = true;
    const { LanguageModel } = classOver((request, signal) => {
      const answer = first ? endless(request, signal) : hello();
      first = false;
      return answer;
    });
    const session = await LanguageModel.create();
    await expect(session.prompt('Hm?', { signal: AbortSignal.abort() })).rejects.toThrow(named('AbortError'));
    const stop = new AbortController();
    const reader = session.promptStreaming('Hm?', { signal: stop.signal }).getReader();
    expect(await reader.read()).toEqual({ done: false, value: 'Well' });
    const waiting = session.prompt('And then?');
    stop.abort();
    await expect(reader.read()).rejects.toThrow(named('AbortError'));
    expect(await waiting).toBe('Hello there.');
    expect(session.contextUsage).toBe(4);
  });

  test('a stream that is left stops its answer', async () => {
    let stopped: AbortSignal | undefined;
    const { LanguageModel } = classOver((request, signal) => endless(request, (stopped = signal)));
    const session = await LanguageModel.create();
    for await (const piece of session.promptStreaming('Hm?')) {
      expect(piece).toBe('Well');
      break;
    }
    expect(stopped?.aborted).toBe(true);
  });

  test('what does not fit: the oldest go and an event says so, initial prompts stay, too much is refused', async () => {
    const { LanguageModel, asked } = classOver(hello);
    const initialPrompts = [{ role: 'system' as const, content: 'Be short.' }];
    const session = await LanguageModel.create({ initialPrompts });
    const overflow = vi.fn<(event: Event) => void>();
    session.oncontextoverflow = overflow;
    await session.prompt('first '.repeat(40).trim());
    await session.prompt('second '.repeat(20).trim());
    expect(overflow).not.toHaveBeenCalled();
    await session.prompt('third '.repeat(40).trim());
    expect(overflow).toHaveBeenCalledTimes(1);
    const roles = asked[2]!.messages.map(
      ({ role, content }) => `${role} ${content[0]?.type === 'text' ? content[0].text.slice(0, 5) : ''}`,
    );
    expect(roles).toEqual(['system Be sh', 'user secon', 'assistant Hello', 'user third']);
    const before = session.contextUsage;
    await expect(session.prompt('word '.repeat(99))).rejects.toMatchObject({ name: 'QuotaExceededError', quota: 100 });
    expect(session.contextUsage).toBe(before);
    session.oncontextoverflow = null;
    expect(session.oncontextoverflow).toBeNull();
  });

  test.each([
    ['image-broken', 'InvalidStateError'],
    ['context-full', 'QuotaExceededError'],
    ['request-invalid', 'NotSupportedError'],
    ['backend-failed', 'UnknownError'],
  ] as const)('%s of the engine is %s', async (code, name) => {
    const { LanguageModel } = classOver(async function* () {
      yield { type: 'text', text: 'Well' } as const;
      throw new AppError(code, 'Why.');
    });
    const session = await LanguageModel.create();
    await expect(session.prompt('Hm?')).rejects.toThrow(named(name));
    expect(session.contextUsage).toBe(0);
  });
});

describe('clone and destroy', () => {
  test('a clone goes its own way', async () => {
    const { LanguageModel, asked } = classOver(hello);
    const session = await LanguageModel.create({ temperature: 0.5, topK: 3 });
    await session.prompt('My name is Alice.');
    const copy = await session.clone();
    expect([copy.contextUsage, copy.temperature, copy.topK]).toEqual([session.contextUsage, 0.5, 3]);
    await copy.prompt('What is my name?');
    expect(texts(asked[1]!)[0]).toBe('user: My name is Alice.');
    expect(session.contextUsage).toBeLessThan(copy.contextUsage);
    session.destroy();
    expect(await copy.prompt('Still there?')).toBe('Hello there.');
    await expect(copy.clone({ signal: AbortSignal.abort() })).rejects.toThrow(named('AbortError'));
  });

  test('after destroy, and for what was under way, everything rejects with AbortError', async () => {
    const { LanguageModel, disposed } = classOver(endless);
    const session = await LanguageModel.create();
    const use = () => [
      session.prompt('Hm?'),
      session.append('Hm?'),
      session.measureContextUsage('Hm?'),
      session.clone(),
      session
        .promptStreaming('Hm?')
        .getReader()
        .read()
        .then(({ value }) => (value === 'Well' ? Promise.reject(new DOMException('', 'AbortError')) : value)),
    ];
    const pending = Promise.allSettled(use());
    session.destroy();
    session.destroy();
    const outcomes = [...(await pending), ...(await Promise.allSettled(use()))];
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    expect(disposed.mock.calls.length).toBe(2); // the session's own and that of the clone
  });
});
