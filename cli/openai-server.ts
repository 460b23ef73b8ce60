/** An engine → an HTTP endpoint that OpenAI clients can talk to, on this machine only unless told otherwise. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { asApiError } from '../src/library/completions/api-error.ts';
import { onlyDataUrls } from '../src/library/completions/image-url.ts';
import { replyHead, toChunks, toCompletion } from '../src/library/completions/reply.ts';
import { readRequest } from '../src/library/completions/request.ts';
import type { Answers } from './conversation.ts';
import { HttpError, readJson, sendJson } from './http-json.ts';
import { Turnstile } from './turnstile.ts';

export interface ServerOptions {
  engine: Answers;
  /** The model's id, as `/v1/models` lists it. */
  model: string;
  /** Pages of these exact origins may ask; all others are refused. Programs send no origin. @default none */
  origins?: readonly string[];
  /** Host names that requests may be addressed to, null for any; guards against names that point at this machine. */
  hosts?: readonly string[] | null;
  /** Answers that may wait while one is computed. @default 8 */
  maxWaiting?: number;
  /** Bytes of a request. @default 96 MiB */
  maxBytes?: number;
}

/** How this machine calls itself. */
export const LOCAL = ['localhost', '127.0.0.1', '[::1]'];
const MAX_BYTES = 96 * 1024 * 1024;
/** Time for a whole request to arrive. */
const REQUEST_MS = 120_000;

function checkHost({ headers }: IncomingMessage, hosts: readonly string[] | null): void {
  const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (hosts && !hosts.includes(name))
    throw new HttpError(403, 'host-refused', `This server does not answer for "${name}".`);
}

/** Headers that let an allowed page read the answer; throws for any other page. */
function corsHeaders({ headers }: IncomingMessage, origins: readonly string[]): Record<string, string> {
  const { origin } = headers;
  if (origin === undefined) return {};
  if (!origins.includes(origin)) {
    throw new HttpError(403, 'origin-refused', `Pages of ${origin} may not ask here. Allow them with --allow-origin.`);
  }
  return { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' };
}

/** Aborts when the client is gone before its answer is complete. */
function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new DOMException('The client went away.', 'AbortError'));
  });
  return controller.signal;
}

async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    response.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

class OpenAiServer {
  readonly #options: Required<ServerOptions>;
  readonly #turnstile: Turnstile;
  readonly #created = Math.floor(Date.now() / 1000);

  constructor(options: ServerOptions) {
    this.#options = { origins: [], hosts: LOCAL, maxWaiting: 8, maxBytes: MAX_BYTES, ...options };
    this.#turnstile = new Turnstile(this.#options.maxWaiting);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    try {
      checkHost(request, this.#options.hosts);
      const cors = corsHeaders(request, this.#options.origins);
      for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
      if (request.method === 'OPTIONS') this.#preflight(response);
      else await this.#route(request, response);
    } catch (thrown) {
      this.#fail(response, thrown);
    }
  }

  #preflight(response: ServerResponse): void {
    response.writeHead(204, {
      'Access-Control-Allow-Methods': 'GET, POST',
      // What the official client sends beside its own x-stainless-* headers.
      'Access-Control-Allow-Headers': 'authorization, content-type, *',
      'Access-Control-Allow-Private-Network': 'true',
      'Access-Control-Max-Age': '600',
    });
    response.end();
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0];
    const route = `${request.method} ${path}`;
    const model = { id: this.#options.model, object: 'model', created: this.#created, owned_by: 'mipha-web' };
    if (route === 'GET /health') sendJson(response, 200, { status: 'ok' });
    else if (route === 'GET /v1/models') sendJson(response, 200, { object: 'list', data: [model] });
    else if (route === `GET /v1/models/${model.id}`) sendJson(response, 200, model);
    else if (route === 'POST /v1/chat/completions') await this.#complete(request, response);
    else throw new HttpError(404, 'not-found', `There is no ${route}. See /v1/models and /v1/chat/completions.`);
  }

  async #complete(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const signal = signalOf(response);
    const body = await readJson(request, this.#options.maxBytes);
    const asked = await readRequest(body, onlyDataUrls, signal);
    const leave = await this.#turnstile.enter(signal);
    try {
      const head = replyHead(this.#options.model);
      const events = this.#options.engine.answer(asked.request, signal);
      if (asked.stream) await this.#stream(response, toChunks(events, head, asked.includeUsage), signal);
      else sendJson(response, 200, await toCompletion(events, head));
    } finally {
      leave();
    }
  }

  /** Server-sent events. What fails before the first is an ordinary error answer, later ones are an event. */
  async #stream(response: ServerResponse, chunks: AsyncIterable<object>, signal: AbortSignal): Promise<void> {
    for await (const chunk of chunks) {
      if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
      await write(response, `data: ${JSON.stringify(chunk)}\n\n`, signal);
    }
    response.end('data: [DONE]\n\n');
  }

  #fail(response: ServerResponse, thrown: unknown): void {
    const { status, error } = thrown instanceof HttpError ? thrown : asApiError(thrown);
    if (response.headersSent) response.end(`data: ${JSON.stringify({ error })}\n\n`);
    else sendJson(response, status, { error }, status === 413 ? { Connection: 'close' } : {});
  }
}

/** A server that is not listening yet. */
export function createOpenAiServer(options: ServerOptions): Server {
  const server = new OpenAiServer(options);
  return createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
    server.handle(request, response).catch(() => response.destroy());
  });
}
