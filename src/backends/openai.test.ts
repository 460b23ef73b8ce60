import type { ServerResponse } from 'node:http';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChatEvent, ChatRequest } from '../../contract/chat.ts';
import { createOpenAiBackend, type OpenAiOptions } from './openai.ts';
import { forbidden } from './openai-failures.ts';
import { apiBase } from './server-address.ts';
import { failure } from './test/failure.ts';
import {
  type Answer,
  chunk,
  data,
  GOOD,
  json,
  type OpenAiServer,
  startOpenAiServer,
  stream,
  untilClientLeaves,
  USAGE,
} from './test/openai-server.ts';

const PICTURE = new Blob([new Uint8Array(PNG.sync.write(new PNG({ width: 2, height: 1 })))]);
const ASK: ChatRequest = {
  messages: [
    {
      role: 'user',
      content: [
        { type: 'image', image: PICTURE },
        { type: 'text', text: 'What is it?' },
      ],
    },
  ],
};
let server: OpenAiServer;
beforeEach(async () => {
  server = await startOpenAiServer();
});
afterEach(() => server.close());

const backend = (options: Partial<OpenAiOptions> = {}) => createOpenAiBackend({ baseUrl: server.address, ...options });
async function answer(request = ASK, options: Partial<OpenAiOptions> = {}, signal?: AbortSignal): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of backend({ model: 'seer', ...options }).chat(request, signal ? { signal } : {}))
    events.push(event);
  return events;
}
const textOf = (events: ChatEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');
const last = (events: ChatEvent[]) => events.at(-1) as Extract<ChatEvent, { type: 'done' }>;
describe('a streamed answer', () => {
  test('comes in order, with the counts of the server', async () => {
    const events = await answer();
    expect(events.map((event) => (event.type === 'phase' ? event.phase : event.type))).toEqual([
      'image',
      'prefill',
      'decode',
      'text',
      'text',
      'text',
      'done',
    ]);
    expect(textOf(events)).toBe('A cat.');
    expect(last(events)).toMatchObject({
      finish_reason: 'stop',
      usage: { prompt_tokens: 12, cached_tokens: 4, completion_tokens: 3 },
    });
  });

  test('survives splits in mid-character, CRLF, comments and fields of the future', async () => {
    const text = new TextEncoder().encode(
      `: keep-alive\r\n\r\ndata: ${JSON.stringify({ ...chunk('Löwe 🦁'), extra: [] })}\r\n\r\n${data(chunk(null, 'length'))}`,
    );
    server.answers = [stream(...Array.from(text, (byte) => Uint8Array.of(byte)))];
    const events = await answer();
    expect(textOf(events)).toBe('Löwe 🦁');
    expect(last(events).finish_reason).toBe('length'); // and no [DONE] is needed
  });

  const COUNTS = { usage: USAGE.usage };
  const BEFORE_THE_END = [data(chunk('A ')), data(chunk('cat.'))];
  const END = data(chunk(null, 'stop'));
  const breakOff = async (response: ServerResponse): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 50)); // what was sent has arrived by then
    response.destroy();
  };
  test.each<[string, NonNullable<Answer['pieces']>]>([
    ['counts without choices', [END, data(COUNTS), data('[DONE]')]],
    ['counts with choices: null', [END, data({ ...USAGE, choices: null }), data('[DONE]')]],
    ['counts in the last chunk of all', [data({ ...chunk(null, 'stop'), ...COUNTS })]],
    ['an empty object after the end', [END, data({}), data(COUNTS)]],
    ['null after the end', [END, data('null'), data(COUNTS), data('[DONE]')]],
    ['words after the end', [END, data('bye'), data(COUNTS)]],
    ['a list of nothing', [data({ choices: [null] }), END, data(COUNTS)]],
    ['a ping in mid-stream', [data({ type: 'ping' }), 'event: ping\ndata: {}\n\n', END, data(USAGE), data('[DONE]')]],
    ['no empty line at the end', [data(COUNTS), `data: ${JSON.stringify(chunk(null, 'stop'))}`]],
    ['one line end between events', [END.trimEnd(), '\n', data(COUNTS).trimEnd(), '\n', data('[DONE]')]],
    ['a connection that breaks after the end', [data(COUNTS), END, breakOff]],
  ])('is complete with %s', async (_, pieces) => {
    server.answers = [stream(...BEFORE_THE_END, ...pieces)];
    const events = await answer();
    expect(textOf(events)).toBe('A cat.');
    expect(last(events)).toMatchObject({ finish_reason: 'stop', usage: { prompt_tokens: 12, completion_tokens: 3 } });
  });

  test('may begin with a ping, or with a chunk that has no choices', async () => {
    const first = { object: 'chat.completion.chunk', choices: null, prompt_filter_results: [] };
    server.answers = [stream('event: ping\ndata: {"type":"ping"}\n\n', data(first), ...BEFORE_THE_END, END)];
    expect(textOf(await answer())).toBe('A cat.');
  });

  test('is given up for silence only while it lasts', async () => {
    server.answers = [stream(...BEFORE_THE_END, END, () => new Promise((resolve) => setTimeout(resolve, 2000)))];
    const events = await answer(ASK, { silenceMs: 300 });
    expect(last(events).finish_reason).toBe('stop');
  });

  test('a server that does not stream is understood as well', async () => {
    server.answers = [
      json({
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content: 'A dog.' }, finish_reason: 'stop' }],
        usage: USAGE.usage,
      }),
    ];
    const events = await answer();
    expect(textOf(events)).toBe('A dog.');
    expect(last(events)).toMatchObject({ finish_reason: 'stop', usage: { completion_tokens: 3 } });
  });
});

describe('the request', () => {
  test('carries pictures as data URLs, the key and only options that matter', async () => {
    const response_format = { type: 'json_object' as const };
    await answer({ ...ASK, max_tokens: 9, seed: 7, top_k: 0, top_p: 1, response_format }, { apiKey: 'sk-1' });
    const [request] = server.received;
    expect(request?.authorization).toBe('Bearer sk-1');
    expect(request?.body).toEqual({
      model: 'seer',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\/png;base64,iVBORw0KGgo/) } },
            { type: 'text', text: 'What is it?' },
          ],
        },
      ],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      max_tokens: 9,
      seed: 7,
      response_format: { type: 'json_object' },
    });
  });

  test('takes the whole conversation along', async () => {
    const text = (role: 'user' | 'assistant', words: string) => ({
      role,
      content: [{ type: 'text' as const, text: words }],
    });
    await answer({ messages: [...ASK.messages, text('assistant', 'A cat.'), text('user', 'Sure?')] });
    const messages = server.received[0]?.body?.['messages'] as { role: string; content: unknown }[];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(messages[2]?.content).toBe('Sure?');
  });

  test('is asked again without what the server does not know', async () => {
    server.answers = [json({ error: { message: 'Unknown field: stream_options', type: 'invalid' } }, 400), GOOD];
    expect(textOf(await answer())).toBe('A cat.');
    expect(server.received[1]?.body).not.toHaveProperty('stream_options');
    server.answers = [json({ error: { message: "Use 'max_completion_tokens'", param: 'max_tokens' } }, 400), GOOD];
    await answer({ ...ASK, max_tokens: 5 });
    expect(server.received[3]?.body).toMatchObject({ max_completion_tokens: 5 });
  });

  test.each([
    ['localhost:8000', 'http://localhost:8000/v1'],
    [' http://localhost:11434/ ', 'http://localhost:11434/v1'],
    ['https://host.example/openai/v1/', 'https://host.example/openai/v1'],
    ['https://host.example/v1/chat/completions', 'https://host.example/v1'],
  ])('reads the address %s', (typed, base) => expect(apiBase(typed)).toBe(base));

  test.each([['ftp://host'], ['javascript:alert(1)'], ['https://'], [''], ['https://user:word@host']])(
    'refuses the address %s',
    (typed) => expect(() => apiBase(typed)).toThrow(/address/),
  );

  test('a key that is no key is refused before it is sent', () => {
    expect(() => backend({ apiKey: 'sk-1\r\nX-Evil: 1' })).toThrow(/key/);
  });
});

describe('failures', () => {
  test.each([
    [401, {}, 'server-refused', /key/],
    [403, {}, 'server-refused', /does not allow/],
    [404, { error: 'model "seer" not found' }, 'server-refused', /no such address or model.*not found/],
    [429, {}, 'server-refused', /Wait 7 seconds/],
    [500, {}, 'server-refused', /log/],
    [503, '<html>gateway</html>', 'server-refused', /log/],
    [413, {}, 'image-too-large', /smaller picture/],
    [307, {}, 'server-refused', /final address/],
    [400, { error: { code: 'context_length_exceeded', message: 'too long' } }, 'context-full', /longer/],
    [400, { error: { message: "This model's maximum context length is 8 tokens" } }, 'context-full', /longer/],
    [400, { error: { message: 'seer is not a multimodal model' } }, 'model-unsupported', /does not look at pictures/],
    [500, { error: { message: 'image input is not supported - hint: mmproj' } }, 'model-unsupported', /pictures/],
  ])('HTTP %i with %j', async (status, body, code, message) => {
    server.answers = [{ ...json(body, status), headers: { 'Retry-After': '7', Location: 'http://127.0.0.1:9/' } }];
    const error = await failure(answer());
    expect(error).toMatchObject({ code, evidence: { status } });
    expect(error.message).toMatch(message);
  });

  test.each([
    ['vLLM', data({ error: { message: 'engine died', type: 'InternalServerError', code: 500 } }), /engine died/],
    ['llama.cpp', 'error: {"code":500,"message":"slot lost","type":"server_error"}\n\n', /slot lost/],
    ['Ollama', data({ error: 'out of memory' }), /out of memory/],
    ['an error event', 'event: error\ndata: {"message":"nope"}\n\n', /nope/],
  ])('an error in mid-stream as %s says it', async (_, piece, message) => {
    server.answers = [stream(data(chunk('A ')), piece, data('[DONE]'))];
    const error = await failure(answer());
    expect(error).toMatchObject({ code: 'server-refused', evidence: { status: 500 } });
    expect(error.message).toMatch(message);
  });

  test('a connection that breaks in mid-answer', async () => {
    server.answers = [stream(data(chunk('A ')), (response) => void response.destroy())];
    expect(await failure(answer())).toMatchObject({ code: 'server-unreachable', evidence: { reason: 'cut' } });
    server.answers = [stream(data(chunk('A ')))]; // ends in order, but without a reason
    expect(await failure(answer())).toMatchObject({ code: 'server-unreachable', evidence: { reason: 'cut' } });
  });

  test('what is no OpenAI server', async () => {
    for (const foreign of [
      { headers: { 'Content-Type': 'text/html' }, pieces: ['<h1>Sign in</h1>'] },
      stream('hello\n\n'),
      stream(data('not json')),
      stream(data({ choices: 'none' })),
      stream(data({ usage: USAGE.usage }), data(chunk('A '))),
      stream(data({ type: 'ping' })),
      json([1]),
      json('text'),
    ]) {
      server.answers = [foreign];
      expect(await failure(answer())).toMatchObject({ code: 'server-refused' });
    }
  });

  test('a server that is not there', async () => {
    const { address } = server;
    await server.close();
    const error = await failure(answer(ASK, { baseUrl: address }));
    expect(error).toMatchObject({ code: 'server-unreachable', evidence: { reason: 'network' } });
    server = await startOpenAiServer();
  });

  test('a silent server is given up', async () => {
    server.answers = [stream(data(chunk('A ')), () => new Promise((resolve) => setTimeout(resolve, 3000)))];
    expect(await failure(answer(ASK, { silenceMs: 200 }))).toMatchObject({ code: 'server-unreachable' });
  });

  test('plain http from an https page is explained before anything is sent', () => {
    expect(forbidden('http://10.0.0.5:8000/v1', 'https://site.example/')).toMatchObject({ code: 'server-unreachable' });
    expect(forbidden('http://localhost:8000/v1', 'https://site.example/')).toBeNull();
    expect(forbidden('http://127.0.0.1:1/v1', 'https://site.example/')).toBeNull();
    expect(forbidden('http://10.0.0.5:8000/v1', 'http://10.0.0.4/')).toBeNull();
    expect(forbidden('https://host.example/v1', 'https://site.example/')).toBeNull();
  });

  test('a broken picture is named before anything is sent', async () => {
    const request: ChatRequest = {
      messages: [{ role: 'user', content: [{ type: 'image', image: new Blob(['%PDF-1.7 something']) }] }],
    };
    expect(await failure(answer(request))).toMatchObject({ code: 'image-unsupported' });
    expect(server.received).toEqual([]);
  });
});

describe('Stop', () => {
  test('ends a stream with what it has so far, and the connection with it', async () => {
    const gone = new Promise<void>((resolve) => {
      server.answers = [stream(data(chunk('A ')), (response) => untilClientLeaves(response).then(resolve))];
    });
    const controller = new AbortController();
    const events: ChatEvent[] = [];
    for await (const event of backend({ model: 'seer' }).chat(ASK, { signal: controller.signal })) {
      events.push(event);
      if (event.type === 'text') controller.abort();
    }
    expect(textOf(events)).toBe('A ');
    expect(last(events)).toMatchObject({ type: 'done', finish_reason: 'cancelled' });
    await gone;
  });

  test('before the start sends nothing', async () => {
    const events = await answer(ASK, {}, AbortSignal.abort());
    expect(events.at(-1)).toMatchObject({ type: 'done', finish_reason: 'cancelled' });
    expect(server.received).toEqual([]);
  });

  test('leaving the stream early ends the connection', async () => {
    const gone = new Promise<void>((resolve) => {
      server.answers = [stream(data(chunk('A ')), (response) => untilClientLeaves(response).then(resolve))];
    });
    for await (const event of backend({ model: 'seer' }).chat(ASK)) if (event.type === 'text') break;
    await gone;
  });

  test('dispose ends what runs', async () => {
    server.answers = [stream(data(chunk('A ')), () => new Promise((resolve) => setTimeout(resolve, 3000)))];
    const open = backend({ model: 'seer' });
    const events: ChatEvent[] = [];
    for await (const event of open.chat(ASK)) {
      events.push(event);
      if (event.type === 'text') await open.dispose();
    }
    expect(last(events).finish_reason).toBe('cancelled');
  });
});
