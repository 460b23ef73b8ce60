/** The inference worker behind `contract/protocol.ts` → a Backend that the page can use without knowing of threads. */
import type { Backend, Device, LoadOptions, LoadProgress, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest } from '../../contract/chat.ts';
import { AppError, asAppError } from '../../contract/errors.ts';
import type { LoadRequest } from '../../contract/protocol.ts';
import { openCallback } from './callbacks.ts';
import { EventStream } from './event-stream.ts';
import { WorkerClient, type WorkerLike } from './worker-client.ts';

export interface WorkerBackendOptions {
  /** URL of the model folder, absolute or relative to the page. */
  modelUrl: string;
  /** Force a device instead of letting the worker choose. */
  device?: Device;
  /** Force a variant id of the manifest. */
  variant?: string;
  /** Starts a worker that speaks `contract/protocol.ts`: the page, the library and tests each start their own. */
  createWorker: () => WorkerLike;
  timing?: Partial<BackendTiming>;
}

export interface BackendTiming {
  /** After Stop, how long to wait for the worker's own last event before the stream ends anyway. @default 200 */
  stopGraceMs: number;
  /** After Stop, how long a silent worker may live before it is ended. Loading it again costs seconds. @default 30000 */
  cancelTimeoutMs: number;
  /** How long the worker may take to free sessions and device. @default 1000 */
  disposeTimeoutMs: number;
}

/** A Backend that keeps the weights in this browser. */
export interface WorkerBackend extends Backend {
  /** Deletes the stored weights of this model. A loaded model goes on working until it is disposed. */
  deleteStored(): Promise<void>;
}

interface SharedLoad {
  promise: Promise<ModelInfo>;
  listeners: Set<(progress: LoadProgress) => void>;
  controller: AbortController;
  waiting: number;
  settled: boolean;
}

const DEFAULT_TIMING: BackendTiming = { stopGraceMs: 200, cancelTimeoutMs: 30_000, disposeTimeoutMs: 1000 };

/** How long the last event may be on its way after the result of its call is here. */
const LAST_EVENT_MS = 1000;

/** The last event of an answer whose worker did not report its counts in time. */
function stoppedEvent(): ChatEvent {
  return {
    type: 'done',
    finish_reason: 'cancelled',
    usage: { prompt_tokens: 0, cached_tokens: 0, completion_tokens: 0 },
    timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
  };
}

/** Never rejects before its time is over, so that `dispose` cannot hang on a worker that does. */
function atMost(milliseconds: number, task: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    task.then(finish, finish);
  });
}

/**
 * A supervised inference worker. Every call settles: if the worker dies, pending calls reject with `worker-lost` at once
 * and the next `chat` starts a new worker and loads the model again. After three crashes in a row `chat` refuses until
 * `load` is called explicitly.
 */
export function createWorkerBackend(options: WorkerBackendOptions): WorkerBackend {
  return new SupervisedBackend(options);
}

class SupervisedBackend implements WorkerBackend {
  readonly #options: WorkerBackendOptions;
  readonly #timing: BackendTiming;
  readonly #client: WorkerClient;
  #shared: SharedLoad | null = null;

  constructor(options: WorkerBackendOptions) {
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    const onGone = (): void => {
      this.#shared = null;
    };
    this.#client = new WorkerClient(options.createWorker, onGone, this.#timing.cancelTimeoutMs);
  }

  async load(options: LoadOptions = {}): Promise<ModelInfo> {
    this.#client.forgetCrashes(); // whoever calls `load` asks for another try
    return this.#joinLoad(options);
  }

  async *chat(request: ChatRequest, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<ChatEvent> {
    const stream = new EventStream<ChatEvent>();
    const controller = new AbortController();
    let grace: ReturnType<typeof setTimeout> | undefined;
    const endStopped = (): void => {
      stream.push(stoppedEvent());
      stream.end();
    };
    const stop = (): void => {
      controller.abort();
      grace ??= setTimeout(endStopped, this.#timing.stopGraceMs);
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    this.#answer(request, stream, controller.signal).catch((thrown: unknown) => {
      const error = asAppError(thrown);
      if (error.code === 'cancelled' && controller.signal.aborted) endStopped();
      else stream.fail(error);
    });
    try {
      yield* stream;
    } finally {
      clearTimeout(grace);
      signal?.removeEventListener('abort', stop);
      if (!stream.over) controller.abort(); // the reader left early
      stream.end();
    }
  }

  async deleteStored(): Promise<void> {
    await this.#client.call((api) => api.deleteStored(this.#loadRequest().modelUrl));
  }

  async dispose(): Promise<void> {
    if (this.#client.alive) {
      const freed = this.#client.call((api) => api.dispose());
      await atMost(this.#timing.disposeTimeoutMs, freed);
    }
    this.#client.terminate();
    this.#shared = null;
  }

  #loadRequest(): LoadRequest {
    const { modelUrl, device, variant } = this.#options;
    const base = typeof location === 'undefined' ? undefined : location.href;
    const url = new URL(modelUrl.endsWith('/') ? modelUrl : `${modelUrl}/`, base);
    return { modelUrl: url.href, ...(device ? { device } : {}), ...(variant ? { variant } : {}) };
  }

  #startLoad(): SharedLoad {
    const listeners: SharedLoad['listeners'] = new Set();
    const controller = new AbortController();
    const progress = openCallback<LoadProgress>((value) => {
      for (const listener of listeners) listener(value);
    });
    const promise = this.#client
      .call((api, id) => api.load(id, this.#loadRequest(), progress.callback), { signal: controller.signal })
      .finally(progress.close);
    const load: SharedLoad = { promise, listeners, controller, waiting: 0, settled: false };
    this.#shared = load;
    promise.then(
      () => {
        load.settled = true;
      },
      () => {
        load.settled = true;
        if (this.#shared === load) this.#shared = null; // a failed load is not remembered
      },
    );
    return load;
  }

  /** One load for all who ask; it is cancelled when the last of them has stopped waiting. */
  async #joinLoad({ signal, onProgress }: LoadOptions): Promise<ModelInfo> {
    if (signal?.aborted) throw new AppError('cancelled', 'Stopped.');
    const load = this.#shared ?? this.#startLoad();
    load.waiting += 1;
    if (onProgress) load.listeners.add(onProgress);
    let onAbort = (): void => {};
    try {
      return await new Promise<ModelInfo>((resolve, reject) => {
        onAbort = () => reject(new AppError('cancelled', 'Stopped.'));
        signal?.addEventListener('abort', onAbort, { once: true });
        load.promise.then(resolve, reject);
      });
    } finally {
      load.waiting -= 1;
      if (onProgress) load.listeners.delete(onProgress);
      signal?.removeEventListener('abort', onAbort);
      if (load.waiting === 0 && signal?.aborted && !load.settled) {
        load.controller.abort();
        if (this.#shared === load) this.#shared = null;
      }
    }
  }

  /** Loads if need be, then pushes the events of one answer into `stream` and ends it. */
  async #answer(request: ChatRequest, stream: EventStream<ChatEvent>, signal: AbortSignal): Promise<void> {
    await this.#joinLoad({ signal });
    let sawDone = (): void => {};
    const done = new Promise<void>((resolve) => {
      sawDone = resolve;
    });
    const events = openCallback<ChatEvent>((event) => {
      stream.push(event);
      if (event.type !== 'done') return;
      stream.end();
      this.#client.forgetCrashes();
      sawDone();
    });
    try {
      await this.#client.call((api, id) => api.chat(id, request, events.callback), { signal });
      // Events and the result travel through different ports, so the result may overtake the last event.
      if (!stream.over) await atMost(LAST_EVENT_MS, done);
      stream.fail(new AppError('backend-failed', 'The answer ended without saying why. Ask again.'));
    } finally {
      events.close();
    }
  }
}
