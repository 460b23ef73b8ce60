/** The endpoint as OpenAI's official client sees it, and as those see it who should not get in. */
import { request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI, { APIError, BadRequestError, RateLimitError } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatEvent, ChatRequest } from '../contract/chat.ts';
import { AppError } from '../contract/errors.ts';
import type { Answers } from './conversation.ts';
import { createOpenAiServer } from './openai-server.ts';

const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';
const ORIGIN = 'http://localhost:3000';

/** Says how many pictures it was shown; waits at "wait" until it is stopped; fails at "fail". */
class FakeEngine implements Answers {
  readonly requests: ChatRequest[] = [];
  running = 0;
  mostRunning = 0;
  stopped = 0;
  release = (): void => {};

  async *answer(request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatEvent> {
    this.requests.push(request);
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      const parts = request.messages.flatMap(({ content }) => content);
      const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
      if (text.includes('fail first')) throw new AppError('image-broken', 'The picture is damaged.');
      yield { type: 'phase', phase: 'prefill' };
      yield { type: 'text', text: `I see ${parts.filter(({ type }) => type === 'image').length}` };
      if (text.includes('fail late')) throw new AppError('backend-failed', 'It broke.');
      if (text.includes('wait')) {
        await new Promise<void>((resolve) => {
          this.release = resolve;
          signal?.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      yield { type: 'text', text: ' pictures.' };
      if (signal?.aborted) this.stopped += 1;
      yield {
        type: 'done',
        finish_reason: signal?.aborted ? 'cancelled' : 'stop',
        usage: { prompt_tokens: 9, cached_tokens: 4, completion_tokens: 5 },
        timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
      };
    } finally {
      this.running -= 1;
    }
  }
}

let server: Server;
let engine: FakeEngine;
let url: string;
let client: OpenAI;

beforeAll(async () => {
  engine = new FakeEngine();
  server = createOpenAiServer({ engine, model: 'fake', origins: [ORIGIN], maxWaiting: 2, maxBytes: 10_000 });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const ask = (text: string): OpenAI.ChatCompletionCreateParamsNonStreaming => ({
  model: 'fake',
  messages: [{ role: 'user', content: text }],
});
const failure = (task: Promise<unknown>): Promise<APIError> =>
  task.then(
    () => Promise.reject(new Error('no failure')),
    (thrown: APIError) => thrown,
  );
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};
/** A request with headers that fetch would not send. */
const raw = (path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const sent = httpRequest(`${url}${path}`, { method, headers }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += String(piece)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject).end(body);
  });

describe('the official client', () => {
  test('lists the model', async () => {
    const { data } = await client.models.list();
    expect(data).toMatchObject([{ id: 'fake', object: 'model' }]);
    expect(await client.models.retrieve('fake')).toMatchObject({ id: 'fake' });
  });

  test('asks about a picture', async () => {
    const content: OpenAI.ChatCompletionContentPart[] = [
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: PIXEL } },
    ];
    const params = { model: 'fake', messages: [{ role: 'user' as const, content }], max_tokens: 7, seed: 1 };
    const completion = await client.chat.completions.create(params);
    expect(completion.choices[0]).toMatchObject({ message: { content: 'I see 1 pictures.' }, finish_reason: 'stop' });
    expect(completion.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 });
    expect(engine.requests.at(-1)).toMatchObject({ max_tokens: 7, seed: 1 });
  });

  test('streams', async () => {
    const stream = await client.chat.completions.create({
      ...ask('Hm?'),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('I see 0 pictures.');
    expect(chunks.at(-1)!.usage?.total_tokens).toBe(14);
    const helper = client.chat.completions.stream({ ...ask('Hm?'), stream: true });
    expect((await helper.finalChatCompletion()).choices[0]!.message.content).toBe('I see 0 pictures.');
  });

  test('a stream that is left stops the engine', async () => {
    const before = engine.stopped;
    const stream = await client.chat.completions.create({ ...ask('wait'), stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await until(() => engine.stopped === before + 1);
  });

  test('one answer at a time, a limited line, then "busy"', async () => {
    const first = client.chat.completions.create(ask('wait'));
    await until(() => engine.running === 1);
    const waiting = [client.chat.completions.create(ask('b')), client.chat.completions.create(ask('c'))];
    await until(() => server.listening && engine.requests.at(-1) !== undefined);
    // The two take their places in line before the third comes: each answers only after the first.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await failure(client.chat.completions.create(ask('d')))).toBeInstanceOf(RateLimitError);
    engine.release();
    await Promise.all([first, ...waiting]);
    expect(engine.mostRunning).toBe(1);
  });

  test('failures are errors of its own classes', async () => {
    const bad = await failure(client.chat.completions.create({ ...ask('x'), temperature: 9 }));
    expect(bad).toBeInstanceOf(BadRequestError);
    expect(bad).toMatchObject({ status: 400, code: 'request-invalid', param: 'temperature' });
    const remote = [{ type: 'image_url' as const, image_url: { url: 'http://169.254.169.254/' } }];
    const params = { model: 'fake', messages: [{ role: 'user' as const, content: remote }] };
    expect((await failure(client.chat.completions.create(params))).status).toBe(400);
    for (const stream of [true, false]) {
      const first = await failure(client.chat.completions.create({ ...ask('fail first'), stream }));
      expect(first).toMatchObject({ status: 400, code: 'image-broken' });
    }
    const stream = await client.chat.completions.create({ ...ask('fail late'), stream: true });
    const late = await failure(
      (async () => {
        for await (const _ of stream);
      })(),
    );
    expect(late).toBeInstanceOf(APIError);
    expect(late.message).toContain('It broke.');
  });
});

describe('who is kept out', () => {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify(ask('Hm?'));
  const post = (headers: Record<string, string>, text = body) =>
    raw('/v1/chat/completions', { method: 'POST', headers, body: text });

  test.each(['https://evil.example', 'null', `${ORIGIN}.evil.example`, 'http://localhost:3001', ORIGIN.toUpperCase()])(
    'a page of %s',
    async (origin) => {
      const before = engine.requests.length;
      for (const headers of [{ ...json, origin }, { origin }]) {
        const { status, headers: answered } = await post(headers);
        expect([status, answered['access-control-allow-origin']]).toEqual([403, undefined]);
      }
      expect((await raw('/v1/models', { method: 'OPTIONS', headers: { origin } })).status).toBe(403);
      expect(engine.requests.length).toBe(before);
    },
  );

  test('an allowed page may ask and read', async () => {
    const { status, headers } = await post({ ...json, origin: ORIGIN });
    expect([status, headers['access-control-allow-origin']]).toEqual([200, ORIGIN]);
    const preflight = await raw('/v1/chat/completions', { method: 'OPTIONS', headers: { origin: ORIGIN } });
    expect([preflight.status, preflight.headers['access-control-allow-methods']]).toEqual([204, 'GET, POST']);
  });

  test('a name that was pointed at this machine', async () => {
    expect((await post({ ...json, host: 'evil.example' })).status).toBe(403);
    expect((await post({ ...json, host: 'localhost:1' })).status).toBe(200);
  });

  test('bodies that are too large, of another type, or not JSON', async () => {
    expect((await post({ 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(json, 'x'.repeat(10_001))).status).toBe(413);
    const chunked = { ...json, 'transfer-encoding': 'chunked' };
    const status = await post(chunked, 'x'.repeat(100_000)).then(
      (answer) => answer.status,
      () => 413, // the connection may be cut before the answer is read
    );
    expect(status).toBe(413);
    for (const text of ['', '{', '\u0000', '[]', '"x"', 'null']) expect((await post(json, text)).status).toBe(400);
    const polluted = await post(json, '{"messages":[{"role":"user","content":"Hm?"}],"__proto__":{"stream":true}}');
    expect([polluted.status, JSON.parse(polluted.body).error.param]).toEqual([400, '__proto__']);
  });

  test('other paths and methods', async () => {
    for (const path of ['/', '/v1', '/v1/chat/completions', '/v1/models/../../etc/passwd', '//evil.example/v1/models'])
      expect((await raw(path)).status).toBe(404);
    expect(JSON.parse((await raw('/health')).body)).toEqual({ status: 'ok' });
  });
});
