/** The page's end of a connected port → the assistant in the frame, as promises and events. */
import { ApiError, type ApiErrorObject } from '../completions/api-error.ts';
import type {
  CompletionParams,
  CompletionParamsNonStreaming,
  CompletionParamsStreaming,
} from '../completions/params.ts';
import type { Completion, CompletionChunk } from '../completions/reply.ts';
import type { FrameCall, FrameEvents, FrameMessage, FrameRequest } from './protocol.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onChunk?: (chunk: CompletionChunk) => void;
}

interface Signal {
  /** Stops the answer. */
  signal?: AbortSignal;
}

export interface FrameCompletions {
  /** A completion beside the conversation that the frame shows. Pictures have to be `data:` addresses. */
  create(params: CompletionParamsNonStreaming, options?: Signal): Promise<Completion>;
  /** The chunks; ends early and without a `finish_reason` when it was stopped. */
  create(params: CompletionParamsStreaming, options?: Signal): AsyncIterable<CompletionChunk>;
}

type Listener<E extends keyof FrameEvents> = (detail: FrameEvents[E]) => void;

/** Made by `connectFrame`. Every method rejects with ApiError. */
export class AssistantFrame {
  readonly chat: { readonly completions: FrameCompletions };
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, Set<(detail: never) => void>>();
  #lastId = 0;
  #closed = false;

  /** @internal */
  constructor(port: MessagePort) {
    this.#port = port;
    this.chat = { completions: { create: this.#create.bind(this) as FrameCompletions['create'] } };
    port.addEventListener('message', ({ data }) => this.#receive(data));
  }

  /** Calls `listener` with each event of that name; call what it returns to end that. */
  on<E extends keyof FrameEvents>(name: E, listener: Listener<E>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Fetches the model and proves it on this device; else the first question does. */
  async load(): Promise<void> {
    await this.#call({ type: 'load' });
  }

  /** Shows a picture in the frame and begins a new conversation. */
  async attach(picture: Blob): Promise<void> {
    await this.#call({ type: 'attach', picture });
  }

  /** Asks in the frame; resolves to the answer, also when it was stopped half way. */
  async ask(question: string): Promise<string> {
    return (await this.#call({ type: 'ask', question })) as string;
  }

  /** Stops the answer that the frame shows. */
  async stop(): Promise<void> {
    await this.#call({ type: 'stop' });
  }

  /** Takes picture and conversation away. */
  async reset(): Promise<void> {
    await this.#call({ type: 'reset' });
  }

  /** Ends the connection, not the frame; whatever waits rejects. To connect anew, load the frame again. */
  close(): void {
    this.#closed = true;
    this.#port.close();
    for (const { reject } of this.#waiting.values()) reject(closed());
    this.#waiting.clear();
    this.#listeners.clear();
  }

  #call(call: FrameCall, onChunk?: (chunk: CompletionChunk) => void): Promise<unknown> {
    return this.#begin(call, onChunk).ended;
  }

  #begin(call: FrameCall, onChunk?: (chunk: CompletionChunk) => void): { id: number; ended: Promise<unknown> } {
    const id = ++this.#lastId;
    const ended = new Promise((resolve, reject) => {
      if (this.#closed) throw closed();
      this.#send({ ...call, id });
      this.#waiting.set(id, { resolve, reject, ...(onChunk ? { onChunk } : {}) });
    });
    return { id, ended };
  }

  #send(request: FrameRequest): void {
    try {
      this.#port.postMessage(request);
    } catch (cause) {
      throw new ApiError(
        'request-invalid',
        'This request holds something that cannot be sent to a frame.',
        null,
        {},
        cause,
      );
    }
  }

  #receive(message: FrameMessage): void {
    if (message.type === 'event') {
      for (const listener of this.#listeners.get(message.name) ?? []) listener(message.detail as never);
      return;
    }
    if (message.type === 'connected' || message.id === null) return;
    const waiting = this.#waiting.get(message.id);
    if (message.type === 'chunk') {
      waiting?.onChunk?.(message.chunk);
      return;
    }
    this.#waiting.delete(message.id);
    if (message.type === 'result') waiting?.resolve(message.value);
    else waiting?.reject(asError(message.error));
  }

  #create(params: CompletionParams, { signal }: Signal = {}): Promise<Completion> | AsyncIterable<CompletionChunk> {
    return params.stream ? this.#stream(params, signal) : this.#complete(params, signal);
  }

  async #complete(
    params: CompletionParams,
    signal: AbortSignal | undefined,
    onChunk?: (chunk: CompletionChunk) => void,
  ): Promise<Completion> {
    signal?.throwIfAborted();
    const { id, ended } = this.#begin({ type: 'complete', params }, onChunk);
    // Refused when it ended meanwhile, which is all the same.
    const cancel = (): void => void this.#call({ type: 'cancel', request: id }).catch(() => {});
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return (await ended) as Completion;
    } catch (thrown) {
      signal?.throwIfAborted();
      throw thrown;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async *#stream(params: CompletionParams, outer?: AbortSignal): AsyncGenerator<CompletionChunk, void, void> {
    const left = new AbortController();
    const signal = outer ? AbortSignal.any([outer, left.signal]) : left.signal;
    const chunks: CompletionChunk[] = [];
    let wake = (): void => {};
    let over = false;
    const ended = this.#complete(params, signal, (chunk) => {
      chunks.push(chunk);
      wake();
    }).finally(() => {
      over = true;
      wake();
    });
    ended.catch(() => {}); // thrown below, when all chunks before it are read
    try {
      for (;;) {
        const chunk = chunks.shift();
        if (chunk) yield chunk;
        else if (over) break;
        else await new Promise<void>((woken) => (wake = woken));
      }
      await ended;
    } catch (thrown) {
      if (!outer?.aborted) throw thrown;
    } finally {
      left.abort(); // the reader left early, or it is over anyway
    }
  }
}

const closed = (): ApiError => new ApiError('request-invalid', 'This connection was closed.', null, {});

export function asError({ code, message, param }: ApiErrorObject): ApiError {
  return new ApiError(code, message, param, {});
}
