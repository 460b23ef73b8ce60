/** Methods of a worker → a backend on top of a fake one, whose two sides are joined by a MessageChannel. */
import { expose } from 'comlink';
import { afterEach } from 'vitest';
import type { Backend, ModelInfo } from '../../../contract/backend.ts';
import type { ChatEvent, ChatRequest } from '../../../contract/chat.ts';
import { type AppError, type Result, toWire } from '../../../contract/errors.ts';
import type { InferenceWorkerApi } from '../../../contract/protocol.ts';
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
/** Calls a callback of the page and waits until the page has run it; Comlink makes it a promise, its type does not say so. */
export async function send<T>(callback: (value: T) => unknown, value: T): Promise<void> {
  await callback(value);
}
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

/** A worker whose two sides are joined by a MessageChannel; `crash` is what the browser does when a worker dies. */
export class FakeWorker {
  readonly cancelled: string[] = [];
  readonly near: MessagePort;
  readonly far: MessagePort;
  readonly events = new EventTarget();
  terminated = false;

  constructor(api: Partial<InferenceWorkerApi>) {
    const { port1, port2 } = new MessageChannel();
    this.near = port1;
    this.far = port2;
    const whole: InferenceWorkerApi = {
      load: async () => ok(INFO),
      chat: async () => ok(null),
      prepare: async () => ok(null),
      measure: async () => ok(1),
      hold: () => new Promise(() => {}),
      cancel: async (id) => void this.cancelled.push(id),
      deleteStored: async () => ok(null),
      dispose: async () => ok(null),
      ...api,
    };
    expose(whole, port2);
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
  api: (worker: () => FakeWorker) => Partial<InferenceWorkerApi>,
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
