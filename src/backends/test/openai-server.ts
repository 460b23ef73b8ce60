/** A script of bytes → an HTTP server that speaks the wire format of OpenAI-compatible servers, each fault included. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  path: string;
  authorization: string | undefined;
  body: Record<string, unknown> | null;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Written one by one, each in a packet of its own; a function waits or breaks the connection. */
  pieces?: (string | Uint8Array | ((response: ServerResponse) => Promise<void> | void))[];
}

export interface OpenAiServer {
  /** Without `/v1`. */
  address: string;
  received: Received[];
  /** What the next calls of `chat/completions` get, in order; afterwards the default answer. */
  answers: Answer[];
  /** What `models` gets. */
  models: Answer;
  close(): Promise<void>;
}

export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  pieces: [JSON.stringify(value)],
});

/** One `data:` event as vLLM, llama.cpp and Ollama write it. */
export const data = (value: unknown): string =>
  `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;

export const chunk = (content: string | null, finish_reason: string | null = null): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'seer',
  choices: [{ index: 0, delta: content === null ? {} : { content }, finish_reason }],
});

export const USAGE = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  choices: [],
  usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 } },
};

export const stream = (...pieces: NonNullable<Answer['pieces']>): Answer => ({
  headers: { 'Content-Type': 'text/event-stream; charset=utf-8' },
  pieces,
});

/** A piece that waits until the client has left, also when it left before the wait began. */
export const untilClientLeaves = (response: ServerResponse): Promise<void> =>
  response.destroyed ? Promise.resolve() : new Promise((left) => response.on('close', () => left()));

/** `A cat.` in the pieces in which servers send it. */
export const GOOD = stream(
  data({ ...chunk(null), choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }),
  data(chunk('A ')),
  data(chunk('cat')),
  data(chunk('.')),
  data(chunk(null, 'stop')),
  data(USAGE),
  data('[DONE]'),
);

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  return text === '' ? null : (JSON.parse(text) as Record<string, unknown>);
}

async function send({ status = 200, headers = {}, pieces = [] }: Answer, response: ServerResponse): Promise<void> {
  response.writeHead(status, { 'Access-Control-Allow-Origin': '*', ...headers });
  response.flushHeaders();
  for (const piece of pieces) {
    if (typeof piece === 'function') await piece(response);
    else await new Promise((written) => response.write(piece, written));
    // A packet of its own for each piece, so that the client sees the splits.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  response.end();
}

export async function startOpenAiServer(): Promise<OpenAiServer> {
  const received: Received[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    if (method === 'OPTIONS') {
      response
        .writeHead(204, {
          'Access-Control-Allow-Origin': '*',
          'Access-Control-Allow-Headers': 'authorization, content-type',
        })
        .end();
      return;
    }
    received.push({ method, path: url, authorization: headers.authorization, body: await bodyOf(request) });
    if (method === 'GET' && url === '/v1/models') await send(handle.models, response);
    else if (method === 'POST' && url === '/v1/chat/completions') await send(handle.answers.shift() ?? GOOD, response);
    else await send(json({ error: { message: `no route ${url}` } }, 404), response);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const handle: OpenAiServer = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers: [],
    models: json({ object: 'list', data: [{ id: 'seer', object: 'model', max_model_len: 4096 }] }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return handle;
}
