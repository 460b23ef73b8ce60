/** Requests in OpenAI's shape: what is read, what is passed over, what is refused and with which parameter. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApiError } from './api-error.ts';
import { dataUrlToBlob, onlyDataUrls } from './image-url.ts';
import { PARAMETERS } from './params.ts';
import { readRequest } from './request.ts';

const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';
const question = { role: 'user', content: 'What is it?' };

const refusal = (params: unknown): Promise<ApiError> =>
  readRequest(params, onlyDataUrls).then(
    () => Promise.reject(new Error('was accepted')),
    (thrown: ApiError) => thrown,
  );

describe('readRequest', () => {
  test('texts, pictures, roles and options become a ChatRequest', async () => {
    const { request, stream, includeUsage } = await readRequest(
      {
        model: 'gpt-5',
        messages: [
          { role: 'developer', content: 'Be short.' },
          {
            role: 'user',
            content: [
              { type: 'image_url', image_url: { url: PIXEL, detail: 'high' } },
              { type: 'text', text: 'What is it?' },
            ],
          },
          { role: 'assistant', content: [{ type: 'text', text: 'A cat.' }] },
          question,
        ],
        max_tokens: 7,
        max_completion_tokens: 5,
        temperature: 0.5,
        top_p: 0.9,
        seed: 3,
        stop: '.',
        n: 1,
        tools: [],
        frequency_penalty: 0,
        user: 'somebody',
        stream: true,
        stream_options: { include_usage: true },
        response_format: { type: 'text' },
      },
      onlyDataUrls,
    );
    expect([stream, includeUsage]).toEqual([true, true]);
    const { messages, ...options } = request;
    expect(options).toEqual({ max_tokens: 5, temperature: 0.5, top_p: 0.9, seed: 3, stop: ['.'] });
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages[3]!.content).toEqual([{ type: 'text', text: 'What is it?' }]);
    const [image, text] = messages[1]!.content;
    expect(text).toEqual({ type: 'text', text: 'What is it?' });
    if (image?.type !== 'image') throw new Error('no picture');
    expect(image.image.type).toBe('image/png');
    expect([...new Uint8Array(await image.image.arrayBuffer())]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  });

  test.each([{ type: 'json_object' }, { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } }])(
    'passes on a form: %j',
    async (response_format) => {
      const { request } = await readRequest({ messages: [question], response_format }, onlyDataUrls);
      expect(request.response_format).toEqual(response_format);
    },
  );

  test('null counts as absent, as clients in other languages send it', async () => {
    const { request } = await readRequest(
      { messages: [question], max_tokens: null, stop: null, temperature: null, stream: null, stream_options: null },
      onlyDataUrls,
    );
    expect(Object.keys(request)).toEqual(['messages']);
  });

  const read = (params: object) => readRequest({ messages: [question], ...params }, onlyDataUrls);

  test("what the engine can do beside OpenAI's list is read", async () => {
    const { request } = await read({ top_k: 40, repetition_penalty: 1.1, adapter: 'terse' });
    expect(request).toMatchObject({ top_k: 40, repetition_penalty: 1.1, adapter: 'terse' });
    expect((await read({ top_k: -1, adapter: null })).request).toEqual(expect.objectContaining({ top_k: 0 }));
  });

  test('every parameter of the official client is known by name', async () => {
    const path = join(import.meta.dirname, '../../../node_modules/openai/resources/chat/completions/completions.d.ts');
    const types = await readFile(path, 'utf8');
    const from = types.indexOf('export interface ChatCompletionCreateParamsBase {');
    const names = types
      .slice(from, types.indexOf('\n}', from))
      .split('\n')
      .flatMap((line) => /^ {4}(\w+)\??:/.exec(line)?.[1] ?? []);
    expect(names).toEqual(expect.arrayContaining(['messages', 'verbosity', 'prompt_cache_retention']));
    expect(names.filter((name) => !Object.hasOwn(PARAMETERS, name))).toEqual([]);
  });

  test.each([
    { logit_bias: {} },
    { logit_bias: { '50256': 0 } },
    { modalities: ['text'] },
    { verbosity: 'medium' },
    { prompt_cache_retention: '24h' },
    { prompt_cache_options: {} },
    { reasoning_effort: 'none' },
    { tools: [], tool_choice: 'auto', functions: [] },
    { logprobs: false, top_logprobs: 0, presence_penalty: 0 },
    { min_p: 0, typical_p: 1, cache_prompt: true },
    { audio: null, prediction: null, moderation: null, something_new: null },
  ])('takes %j, which asks for nothing', async (params) => {
    expect((await read(params)).request).toEqual({ messages: [{ role: 'user', content: [expect.anything()] }] });
  });

  const shown = { role: 'user', content: [{ type: 'image_url', image_url: { url: PIXEL } }] };
  const words = async (...messages: object[]): Promise<string[]> => {
    const { request } = await readRequest({ messages }, onlyDataUrls);
    return request.messages.map(
      ({ role, content }) => `${role}: ${content.map((part) => (part.type === 'text' ? part.text : '#')).join(' ')}`,
    );
  };

  test.each([
    ['null', { content: null }],
    ['absent', {}],
    ['empty', { content: '' }],
    ['no parts', { content: [] }],
    ['null beside tool calls', { content: null, tool_calls: [{ id: 'a' }], refusal: null }],
  ])('an answer in the history whose content is %s', async (_, answer) => {
    const read = await words(question, { role: 'assistant', ...answer }, question);
    expect(read.map((line) => line.trimEnd())).toEqual(['user: What is it?', 'assistant:', 'user: What is it?']);
  });

  test('what a model declined is what it said', async () => {
    const parts = { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] };
    expect(await words(question, parts, question)).toContain('assistant: No.');
    const field = { role: 'assistant', content: null, refusal: 'I cannot.' };
    expect(await words(question, field, question)).toContain('assistant: I cannot.');
  });

  test('a greeting comes first', async () => {
    const system = { role: 'system', content: 'Be short.' };
    const greeting = { role: 'assistant', content: 'Hello!' };
    expect(await words(system, greeting, question)).toEqual([
      'system: Be short.',
      'user: ',
      'assistant: Hello!',
      'user: What is it?',
    ]);
  });

  test('a picture without words is asked about, now and in the history alike', async () => {
    const empty = { role: 'user', content: [...shown.content, { type: 'text', text: ' ' }] };
    expect(await words(shown)).toEqual(['user: # Describe the picture.']);
    expect(await words(empty)).toEqual(['user: #   Describe the picture.']);
    const answered = { role: 'assistant', content: 'A cat.' };
    expect(await words(shown, answered, question)).toContain('user: # Describe the picture.');
    // Words of the same question in another message are its words.
    expect(await words(shown, question)).toEqual(['user: #', 'user: What is it?']);
    expect(await words(question, shown)).toEqual(['user: What is it?', 'user: #']);
  });

  test.each([
    [null, 'messages'],
    [{}, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: ['hello'] }, 'messages[0]'],
    [{ messages: [{ role: 'tool', content: '4' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'constructor', content: '4' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 4 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] }, 'messages[0].content[0].type'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: PIXEL }] }] },
      'messages[0].content[0].image_url',
    ],
    [
      { messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: PIXEL } }] }] },
      'messages[0].content[0]',
    ],
    [{ messages: [question], max_tokens: 0 }, 'max_tokens'],
    [{ messages: [question], max_tokens: '5' }, 'max_tokens'],
    [{ messages: [question], temperature: Number.NaN }, 'temperature'],
    [{ messages: [question], top_p: 0 }, 'top_p'],
    [{ messages: [question], stop: [''] }, 'stop'],
    [{ messages: [question], stop: Array(17).fill('x') }, 'stop'],
    [{ messages: [question], stream: 'yes' }, 'stream'],
    [{ messages: [question], n: 2 }, 'n'],
    [{ messages: [question], logprobs: true }, 'logprobs'],
    [{ messages: [question], tools: [{ type: 'function' }] }, 'tools'],
    [{ messages: [question], max_token: 5 }, 'max_token'],
    [{ messages: [question], logit_bias: { '50256': -100 } }, 'logit_bias'],
    [{ messages: [question], modalities: ['text', 'audio'] }, 'modalities'],
    [{ messages: [question], web_search_options: {} }, 'web_search_options'],
    [{ messages: [question], moderation: { model: 'm' } }, 'moderation'],
    [{ messages: [question], min_p: 0.1 }, 'min_p'],
    [{ messages: [question], top_k: 1.5 }, 'top_k'],
    [{ messages: [question], top_k: -2 }, 'top_k'],
    [{ messages: [question], repetition_penalty: 0 }, 'repetition_penalty'],
    [{ messages: [question], adapter: 5 }, 'adapter'],
    [{ messages: [{ role: 'user', content: [{ type: 'refusal', refusal: 'No.' }] }] }, 'messages[0].content[0].type'],
    [{ messages: [question], response_format: { type: 'xml' } }, 'response_format'],
    [{ messages: [question], response_format: 'json' }, 'response_format'],
    [{ messages: [question], response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
    [
      { messages: [question], response_format: { type: 'json_schema', json_schema: { name: 'n', schema: [] } } },
      'response_format.json_schema',
    ],
    [{ messages: [{ role: 'user', content: 'x'.repeat(1_000_001) }] }, 'messages'],
  ])('refuses %j', async (params, param) => {
    expect((await refusal(params)).error).toMatchObject({
      type: 'invalid_request_error',
      code: 'request-invalid',
      param,
    });
  });

  test.each([
    'https://evil.example/pixel.png',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    '//host/x',
    'javascript:alert(1)',
    '',
  ])('nothing is fetched from %j', async (url) => {
    const content = [{ type: 'image_url', image_url: { url } }];
    const error = await refusal({ messages: [{ role: 'user', content }] });
    expect(error.error).toMatchObject({ code: 'request-invalid', param: 'messages[0].content[0].image_url.url' });
    // Which kinds are read is for the decoder to say, not for whoever fetches.
    expect(error.message).not.toMatch(/jpeg|webp|command line/);
  });

  test('keys that reach for a prototype change nothing and are refused', async () => {
    const params = JSON.parse('{"messages":[{"role":"user","content":"hi"}],"__proto__":{"stream":true,"polluted":1}}');
    expect((await refusal(params)).param).toBe('__proto__');
    const inherited = Object.create(
      { stream: true, max_tokens: 3 },
      {
        messages: { value: [question], enumerable: true },
      },
    ) as unknown;
    const { stream, request } = await readRequest(inherited, onlyDataUrls);
    expect([stream, request.max_tokens, ({} as { polluted?: number }).polluted]).toEqual([false, undefined, undefined]);
  });

  test('whatever comes, the answer is a request or an ApiError', async () => {
    const messages = fc.array(fc.record({ role: fc.constantFrom('user', 'assistant', 'x'), content: fc.jsonValue() }));
    const anything = fc.oneof(fc.anything(), fc.record({ messages, stop: fc.anything(), stream: fc.anything() }));
    await fc.assert(
      fc.asyncProperty(anything, async (params) => {
        try {
          const { request } = await readRequest(params, onlyDataUrls);
          expect(request.messages.length).toBeGreaterThan(0);
        } catch (thrown) {
          expect((thrown as ApiError).status).toBe(400);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('dataUrlToBlob', () => {
  test('reads parameters between the type and base64', () => {
    expect(dataUrlToBlob('data:image/jpeg;name=a.jpg;base64,AAAA', 'p')).toMatchObject({ size: 3, type: 'image/jpeg' });
  });

  test.each(['data:image/png,abc', 'data:', 'data:image/png;base64,####', `data:${';x'.repeat(200)},`])(
    'refuses %j',
    (url) => {
      expect(() => dataUrlToBlob(url, 'p')).toThrow(expect.objectContaining({ code: 'request-invalid', param: 'p' }));
    },
  );

  test('a picture past the limit is refused before it is decoded', () => {
    const url = `data:image/png;base64,${'A'.repeat(90 * 1024 * 1024)}`;
    expect(() => dataUrlToBlob(url, 'p')).toThrow(expect.objectContaining({ code: 'image-too-large' }));
  });
});
