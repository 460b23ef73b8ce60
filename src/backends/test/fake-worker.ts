/** Methods of a worker → a backend on top of a fake one, whose two sides are joined by a MessageChannel. */
import { expose } from 'comlink';
import { afterEach } from 'vitest';
import type { Backend, LoadProgress, ModelInfo } from '../../../contract/backend.ts';
import type { ChatEvent, ChatRequest, Message, NextQuestion } from '../../../contract/chat.ts';
import { type AppError, type Result, toWire, unwrap } from '../../../contract/errors.ts';
import type { InferenceCalls, LoadRequest, Resume } from '../../../contract/protocol.ts';
import type { Down, Handlers } from '../../../contract/wire.ts';
import { callable } from '../../../workers/serve.ts';
import { createWorkerBackend, type WorkerBackendOptions } from '../worker.ts';
import type { WorkerLike } from '../worker-client.ts';

export const INFO: ModelInfo = {
  id: 'm',
  name: 'M',
  variant: 'wasm-int8',
  device: 'wasm',
  reasons: [],
  threads: 1,
  max_length: 64,
  bytes: 8,
  self_test_error: 0,
  stored: true,
  capabilities: { prepare: true, measure: true, keeps_weights: true },
};
export const DONE: ChatEvent = {
  type: 'done',
  finish_reason: 'stop',
  usage: { prompt_tokens: 3, cached_tokens: 0, completion_tokens: 2 },
  timings: { image: 1, vision: 1, prefill: 1, first_token: 3, decode: 1 },
};
export const QUESTION: ChatRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }] }] };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (error: AppError): Result<never> => ({ ok: false, error: toWire(error) });
/** Sends an event; there is nothing to wait for, since everything goes through one port in order. */
export async function send<T>(callback: (value: T) => void, value: T): Promise<void> {
  callback(value);
}
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

/** What a worker does, as tests put it: each call has an id, and ends with a Result. */
export interface FakeApi {
  load(id: string, request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<Result<ModelInfo>>;
  chat(id: string, request: ChatRequest, onEvent: (event: ChatEvent) => void, resume?: Resume): Promise<Result<null>>;
  prepare(id: string, next: NextQuestion): Promise<Result<null>>;
  measure(messages: Message[]): Promise<Result<number>>;
  deleteStored(modelUrl: string): Promise<Result<null>>;
  dispose(): Promise<Result<null>>;
  /** Settles when the worker answers a ping. */
  ping(): Promise<void>;
}

/** A worker whose two sides are joined by a MessageChannel; `crash` is what the browser does when a worker dies. */
export class FakeWorker {
  /** Ids of calls that were aborted. */
  readonly cancelled: string[] = [];
  /** Of each call, once it was made. */
  readonly ports: MessagePort[] = [];
  readonly near: MessagePort;
  readonly far: MessagePort;
  readonly events = new EventTarget();
  terminated = false;

  constructor(api: Partial<FakeApi>) {
    const { port1, port2 } = new MessageChannel();
    this.near = port1;
    this.far = port2;
    const answer = callable(this.#handlers(api));
    expose((name: string, args: unknown[], port: MessagePort) => {
      this.ports.push(port);
      answer(name, args, port);
      const heard = port.onmessage!;
      port.onmessage = async (event: MessageEvent<Down>) => {
        if (event.data === 'ping') await api.ping?.();
        heard.call(port, event);
      };
    }, port2);
  }

  #handlers(api: Partial<FakeApi>): Handlers<InferenceCalls> {
    let calls = 0;
    const begin = (signal: AbortSignal): string => {
      const id = `call ${++calls}`;
      signal.addEventListener('abort', () => this.cancelled.push(id));
      return id;
    };
    return {
      load: async ({ send: report, signal }, request) =>
        unwrap((await api.load?.(begin(signal), request, report)) ?? ok(INFO)),
      chat: async ({ send: say, signal }, request, resume) =>
        unwrap((await api.chat?.(begin(signal), request, say, resume)) ?? ok(null)),
      prepare: async ({ signal }, next) => unwrap((await api.prepare?.(begin(signal), next)) ?? ok(null)),
      measure: async (_, messages) => unwrap((await api.measure?.(messages)) ?? ok(1)),
      deleteStored: async (_, modelUrl) => unwrap((await api.deleteStored?.(modelUrl)) ?? ok(null)),
      dispose: async () => unwrap((await api.dispose?.()) ?? ok(null)),
    };
  }

  get like(): WorkerLike {
    return {
      postMessage: this.near.postMessage.bind(this.near) as WorkerLike['postMessage'],
      addEventListener: ((type: string, listener: EventListener) =>
        (type === 'message' ? this.near : this.events).addEventListener(
          type,
          listener,
        )) as WorkerLike['addEventListener'],
      removeEventListener: ((type: string, listener: EventListener) =>
        (type === 'message' ? this.near : this.events).removeEventListener(
          type,
          listener,
        )) as WorkerLike['removeEventListener'],
      terminate: () => {
        this.terminated = true;
        this.near.close();
      },
    };
  }

  start(): WorkerLike {
    this.near.start();
    return this.like;
  }

  crash(type = 'error'): void {
    this.far.close();
    this.events.dispatchEvent(Object.assign(new Event(type), { message: 'Uncaught RangeError', lineno: 3 }));
  }
}

export const opened: { dispose(): Promise<void> }[] = [];
export const workers: FakeWorker[] = [];

export function backendOf(
  api: (worker: () => FakeWorker) => Partial<FakeApi>,
  timing: NonNullable<WorkerBackendOptions['timing']> = {},
): Backend {
  workers.length = 0;
  const backend = createWorkerBackend({
    modelUrl: 'https://example.test/models/m',
    timing: { disposeTimeoutMs: 50, ...timing },
    createWorker: () => {
      const worker: FakeWorker = new FakeWorker(api(() => worker));
      workers.push(worker);
      return worker.start();
    },
  });
  opened.push(backend);
  return backend;
}

afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.dispose();
});

export async function collect(events: AsyncIterable<ChatEvent>): Promise<ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
