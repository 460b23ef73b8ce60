/** The real `ai` package asks a scripted assistant; see nano.test.ts for a real one. */
import type { LanguageModelV3, LanguageModelV3CallOptions } from '@ai-sdk/provider';
import { generateText, jsonSchema, type ModelMessage, streamText } from 'ai';
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, test, vi } from 'vitest';
import type { ChatEvent } from '../../../contract/chat.ts';
import { AppError } from '../../../contract/errors.ts';
import type { Assistant } from '../assistant.ts';
import { scriptedAssistant } from '../test/node-assistant.ts';
import { endless, hello } from '../test/scripted-answers.ts';
import { miphaWeb } from './language-model.ts';

const about = (image: Uint8Array | string | URL, text = 'What shapes are in the picture?'): ModelMessage[] => [
  {
    role: 'user',
    content: [
      { type: 'text', text },
      { type: 'image', image },
    ],
  },
];

describe('the ai package', () => {
  beforeAll(() => vi.stubGlobal('AI_SDK_LOG_WARNINGS', false));
  afterAll(() => vi.unstubAllGlobals());
  afterEach(() => vi.restoreAllMocks());

  test('every setting that has a meaning here arrives', async () => {
    const { assistant, requests } = scriptedAssistant(hello);
    const result = await generateText({
      model: miphaWeb(assistant),
      system: 'Be short.',
      messages: [
        { role: 'user', content: 'What is it?' },
        { role: 'assistant', content: 'A cat.' },
        { role: 'user', content: [{ type: 'file', data: new Uint8Array([1, 2, 3]), mediaType: 'image/webp' }] },
      ],
      maxOutputTokens: 7,
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      seed: 3,
      stopSequences: ['.'],
    });
    expect(result.warnings).toEqual([]);
    const { messages, ...options } = requests[0]!;
    expect(options).toEqual({ max_tokens: 7, temperature: 0.5, top_p: 0.9, top_k: 5, seed: 3, stop: ['.'] });
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    const [part] = messages[3]!.content;
    if (part?.type !== 'image') throw new Error('no picture');
    expect([...new Uint8Array(await part.image.arrayBuffer())]).toEqual([1, 2, 3]);
    expect(result.usage).toMatchObject({
      inputTokens: 9,
      inputTokenDetails: { noCacheTokens: 5, cacheReadTokens: 4 },
      outputTokens: 2,
    });
  });

  test('a greeting may come first, and a picture without words is asked about', async () => {
    const { assistant, requests } = scriptedAssistant(hello);
    const image = { type: 'image' as const, image: new Uint8Array([137, 80, 78, 71]) };
    await generateText({
      model: miphaWeb(assistant),
      messages: [
        { role: 'assistant', content: 'Hello!' },
        { role: 'user', content: [image] },
      ],
    });
    const { messages } = requests[0]!;
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(messages[2]!.content[1]).toEqual({ type: 'text', text: 'Describe the picture.' });
  });

  test('settings without effect are told, not passed over', async () => {
    const { assistant } = scriptedAssistant(hello);
    const tool = { description: 'adds', inputSchema: jsonSchema({ type: 'object', properties: {} }) };
    const asked = { model: miphaWeb(assistant), prompt: 'Hm?', tools: { tool } };
    const { warnings } = await generateText({ ...asked, presencePenalty: 1, frequencyPenalty: 1 });
    const features = warnings!.map((warning) => (warning.type === 'unsupported' ? warning.feature : warning.type));
    expect(features).toEqual(['presencePenalty', 'frequencyPenalty', 'tools']);
    await expect(generateText({ ...asked, toolChoice: 'required' })).rejects.toMatchObject({ code: 'request-invalid' });
  });

  test('nothing is fetched from a strange address, neither by the SDK nor here', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('bytes'));
    const { assistant, requests } = scriptedAssistant(hello);
    const elsewhere = new URL('https://elsewhere.example/cat.png');
    const ask = (model: LanguageModelV3) => generateText({ model, messages: about(elsewhere), maxRetries: 0 });
    await expect(ask(miphaWeb(assistant))).rejects.toMatchObject({ code: 'request-invalid', status: 400 });
    expect([fetched.mock.calls, requests]).toEqual([[], []]);

    const open = scriptedAssistant(hello, { imageOrigins: ['https://elsewhere.example'] });
    expect((await ask(miphaWeb(open.assistant))).text).toBe('Hello there.');
    expect(fetched.mock.calls.map(([url]) => url)).toEqual([elsewhere]);
    const [, image] = open.requests[0]!.messages[0]!.content;
    expect(image).toMatchObject({ type: 'image', image: { size: 5 } });
  });

  test.each([
    [[{ type: 'file', data: new Uint8Array(3), mediaType: 'application/pdf' }], 'prompt[0].content[0]'],
    [[{ type: 'file', data: '####', mediaType: 'image/png' }], 'prompt[0].content[0]'],
    [[{ type: 'file', data: 'data:text/html,<p>', mediaType: 'image/png' }], 'prompt[0].content[0]'],
  ])('refuses %j', async (content, param) => {
    const { assistant } = scriptedAssistant(hello);
    const options = { prompt: [{ role: 'user', content }] } as unknown as LanguageModelV3CallOptions;
    await expect(miphaWeb(assistant).doGenerate(options)).rejects.toMatchObject({ code: 'request-invalid', param });
    await expect(miphaWeb(assistant).doStream(options)).rejects.toMatchObject({ code: 'request-invalid', param });
  });

  test('abort: before, while it answers, and when the reader leaves', async () => {
    const { assistant } = scriptedAssistant(endless);
    const model = miphaWeb(assistant);
    await expect(
      generateText({ model, prompt: 'Hm?', abortSignal: AbortSignal.abort(), maxRetries: 0 }),
    ).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));

    const stop = new AbortController();
    const pending = generateText({ model, prompt: 'Hm?', abortSignal: stop.signal });
    setTimeout(() => stop.abort(), 5);
    await expect(pending).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));

    const leave = new AbortController();
    const kinds: string[] = [];
    for await (const part of streamText({ model, prompt: 'Hm?', abortSignal: leave.signal }).fullStream) {
      kinds.push(part.type);
      if (part.type === 'text-delta') leave.abort();
    }
    expect(kinds.slice(-2)).toEqual(['text-delta', 'abort']);

    let stopped: AbortSignal | undefined;
    const watched = scriptedAssistant((request, signal) => endless(request, (stopped = signal)));
    const { stream } = await miphaWeb(watched.assistant).doStream({ prompt: [] });
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    await vi.waitFor(() => expect(stopped?.aborted).toBe(true));
  });

  test('a failure keeps its code, also in the middle of a stream', async () => {
    async function* broken(): AsyncGenerator<ChatEvent> {
      yield { type: 'text', text: 'Well' };
      throw new AppError('out-of-memory', 'Too much.');
    }
    const { assistant } = scriptedAssistant(broken);
    const failure = { code: 'out-of-memory', status: 503 };
    await expect(generateText({ model: miphaWeb(assistant), prompt: 'Hm?' })).rejects.toMatchObject(failure);
    const errors: unknown[] = [];
    const onError = ({ error }: { error: unknown }): void => void errors.push(error);
    const { fullStream } = streamText({ model: miphaWeb(assistant), prompt: 'Hm?', onError });
    const kinds: string[] = [];
    for await (const { type } of fullStream) kinds.push(type);
    expect(kinds.slice(-4)).toEqual(['text-delta', 'error', 'finish-step', 'finish']);
    expect(errors).toEqual([expect.objectContaining(failure)]);
  });

  test('types: an assistant is all it takes', () => {
    expectTypeOf(miphaWeb).toBeCallableWith({} as Assistant);
    expectTypeOf(miphaWeb).returns.toExtend<LanguageModelV3>();
  });
});
