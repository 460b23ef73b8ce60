/** The same for what is asked and answered. */
import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../contract/errors.ts';
import { classOver, image, named, images, show, texts } from '../test/prompt-api-class.ts';
import { endless, hello } from '../test/scripted-answers.ts';
import { type LanguageModelPrompt } from './index.ts';

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
    [show(image, 'assistant'), images, 'NotSupportedError'],
    [show(image, 'user', 'audio'), images, 'NotSupportedError'],
    [show(image, 'user', 'text'), images, 'TypeError'],
    [show('https://elsewhere.example/cat.png'), images, 'TypeError'],
    [show('x', 'user', 'smell'), images, 'TypeError'],
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
