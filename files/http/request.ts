/** A URL → the pieces of its body, or a failure that says whether another try can help. */
import { AppError, asAppError } from '../../contract/errors.ts';
import { TemporaryFailure } from './retry.ts';

export interface RequestOptions {
  fetch: typeof fetch;
  signal: AbortSignal | undefined;
  stallMs: number;
  cache: RequestCache;
  /** As HTTP writes it: first and last byte, both included, or `first-` up to the end of the file. */
  range?: string;
}

/** What a server may say that a later try can change. */
const TEMPORARY = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Milliseconds of a Retry-After header, given as seconds or as a date; undefined when there is none to understand. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** A status that no later try will change. */
export function refusal(status: number): AppError {
  const text = `The server does not hand out the model (status ${status}). Check the address of the model.`;
  return new AppError('download-failed', text, { status });
}

/** Throws unless the response is the 200 or 206 that was hoped for, or the 416 that the caller deals with. */
function checkStatus(response: Response): void {
  const { status, headers } = response;
  if (status === 416) return;
  if (TEMPORARY.has(status)) {
    const waitMs = retryAfter(headers.get('retry-after'), Date.now());
    throw new TemporaryFailure(`the server answered ${status}`, { status }, { waitMs });
  }
  if (status !== 200 && status !== 206) throw refusal(status);
  const type = headers.get('content-type') ?? '';
  if (/^\s*(text\/html|application\/xhtml)/i.test(type)) {
    throw new AppError(
      'download-failed',
      'A web page came instead of a model file. Sign in to this network if it asks for it, or check the address of the model.',
      { status, content_type: type },
    );
  }
}

const isLoopback = (hostname: string): boolean => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** What a failed connection to `url` may mean: browsers tell a page nothing about the answers it may not read. */
function connectionFailure(url: string, thrown: unknown): TemporaryFailure {
  const home = globalThis.location?.origin;
  const error = asAppError(thrown).message;
  if (home === undefined || new URL(url).origin === home)
    return new TemporaryFailure('the connection failed', { reason: error });
  const { protocol, hostname, host: server } = new URL(url);
  if (home.startsWith('https:') && protocol === 'http:' && !isLoopback(hostname))
    return new TemporaryFailure(
      'a page that came over https may fetch over https only, which that server has to offer',
      { reason: 'modelNeedsHttps', server, error },
      { weight: Number.POSITIVE_INFINITY },
    );
  return new TemporaryFailure(
    'the connection failed, or the server does not let other sites read it (it has to send Access-Control-Allow-Origin)',
    { reason: 'otherOrigin', server, error },
  );
}

/** An open response whose silence is watched. Always `close` it. */
export class WatchedResponse {
  readonly response: Response;
  readonly #watch: Watch;
  #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | null = null;

  constructor(response: Response, watch: Watch) {
    this.response = response;
    this.#watch = watch;
  }

  /** The next piece of the body, null at its end. Time spent between calls does not count as silence. */
  async next(): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!this.response.body) return null;
    this.#reader ??= this.response.body.getReader() as ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
    const reader = this.#reader;
    const { done, value } = await this.#watch.during(() => reader.read());
    return done ? null : value;
  }

  close(): void {
    this.#watch.end();
  }
}

/** Aborts a request when the person stops it, or when it brings nothing for too long. */
class Watch {
  readonly controller = new AbortController();
  readonly #url: string;
  readonly #signal: AbortSignal | undefined;
  readonly #stallMs: number;
  readonly #stop = (): void => this.controller.abort();
  #stalled = false;

  constructor(url: string, signal: AbortSignal | undefined, stallMs: number) {
    this.#url = url;
    this.#signal = signal;
    this.#stallMs = stallMs;
    if (signal?.aborted) this.#stop();
    signal?.addEventListener('abort', this.#stop, { once: true });
  }

  async during<T>(wait: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#stalled = true;
      this.controller.abort();
    }, this.#stallMs);
    try {
      return await wait();
    } catch (thrown) {
      if (this.#signal?.aborted) throw new AppError('cancelled', 'Stopped.', {}, thrown);
      if (thrown instanceof AppError) throw thrown;
      if (this.#stalled)
        throw new TemporaryFailure('the server went silent', { stall_ms: this.#stallMs }, { weight: 2 });
      throw connectionFailure(this.#url, thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  end(): void {
    this.#signal?.removeEventListener('abort', this.#stop);
    this.controller.abort(); // frees the connection when the body was not read to its end
  }
}

/**
 * Sends one GET. The response has status 200, 206 or 416 and is no web page.
 * Throws TemporaryFailure, or AppError `download-failed` and `cancelled`.
 */
export async function open(url: string, options: RequestOptions): Promise<WatchedResponse> {
  const { range, signal, stallMs, cache } = options;
  const watch = new Watch(url, signal, stallMs);
  const headers: Record<string, string> = range ? { range: `bytes=${range}` } : {};
  try {
    const send = options.fetch;
    const response = await watch.during(() => send(url, { headers, cache, signal: watch.controller.signal }));
    checkStatus(response);
    return new WatchedResponse(response, watch);
  } catch (thrown) {
    watch.end();
    throw thrown;
  }
}
