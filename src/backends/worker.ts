/** The inference worker behind `contract/protocol.ts` → a Backend that the page can use without knowing of threads. */
import type { Backend, Device, LoadOptions, LoadProgress, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest, Message, NextQuestion, Phase } from '../../contract/chat.ts';
import { AppError, asAppError } from '../../contract/errors.ts';
import type { LoadRequest } from '../../contract/protocol.ts';
import type { LocalFile } from '../../contract/stored-models.ts';
import { openCallback } from './callbacks.ts';
import { ContinuedAnswer, stoppedEvent } from './continued-answer.ts';
import { CrashPolicy } from './crash-policy.ts';
import { EventStream } from './event-stream.ts';
import { loadRequestOf } from './load-request.ts';
import { SharedLoads } from './shared-loads.ts';
import { TokenPace } from './token-pace.ts';
import { atMost, pauseFor } from './waiting.ts';
import { WorkAhead } from './work-ahead.ts';
import { WorkerClient, type WorkerLike } from './worker-client.ts';

export interface WorkerBackendOptions {
  /** URL of the model folder, absolute or relative to the page. */
  modelUrl: string;
  /** Force a device instead of letting the worker choose. */
  device?: Device;
  /** Force a variant id of the manifest. */
  variant?: string;
  /** Only what is kept in this browser is used, no server asked. @default false */
  keptOnly?: boolean;
  /** Bytes that may be fetched without asking, given the folder's URL; asked anew for each load. @default no limit */
  maxNetworkBytes?: (modelUrl: string) => number;
  /** The model itself, where this browser does not keep it. */
  files?: readonly LocalFile[];
  /** Starts a worker that speaks `contract/protocol.ts`: the page, the library and tests each start their own. */
  createWorker: () => WorkerLike;
  timing?: Partial<BackendTiming>;
}

export interface BackendTiming {
  /** How long a worker that answers may be deaf; images get more, a stream of tokens far less. @default 15000 */
  silenceMs: number;
  /** After Stop, how long to wait for the worker's own last event before the stream ends anyway. @default 150 */
  stopGraceMs: number;
  /** After Stop, how long a silent worker may live before it is ended. Loading it again costs seconds. @default 30000 */
  cancelTimeoutMs: number;
  /** How long the worker may take to free sessions and device. @default 1000 */
  disposeTimeoutMs: number;
}

const DEFAULT_TIMING: BackendTiming = {
  silenceMs: 15_000,
  stopGraceMs: 150,
  cancelTimeoutMs: 30_000,
  disposeTimeoutMs: 1000,
};

/** A CPU runs a whole image in one go, and hears nothing meanwhile. */
const PICTURE_SILENCE_MS = 300_000;

/** How long the last event may be on its way after the result of its call is here. */
const LAST_EVENT_MS = 1000;

/**
 * A supervised inference worker. Every call settles. When the worker dies, hangs, or loses its device, its answers go on
 * in a new one, which loads the model again; other calls reject with `worker-lost`. After two such losses on the
 * GPU the CPU is used; after three in a row `chat` refuses until `load` is called explicitly.
 */
export function createWorkerBackend(options: WorkerBackendOptions): Backend {
  return new SupervisedBackend(options);
}

class SupervisedBackend implements Backend {
  readonly #options: WorkerBackendOptions;
  readonly #timing: BackendTiming;
  readonly #client: WorkerClient;
  readonly #policy: CrashPolicy;
  readonly #loads: SharedLoads;
  readonly #ahead = new WorkAhead();
  /** What the model ran on last. */
  #device: ModelInfo['device'] | null = null;

  constructor(options: WorkerBackendOptions) {
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    this.#policy = new CrashPolicy(options.modelUrl);
    this.#loads = new SharedLoads((progress, signal) => this.#startLoad(progress, signal));
    this.#client = new WorkerClient(options.createWorker, () => this.#loads.forget(), this.#timing.cancelTimeoutMs);
  }

  async load(options: LoadOptions = {}): Promise<ModelInfo> {
    this.#client.forgetCrashes(); // whoever calls `load` asks for another try
    return this.#loads.join(options);
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

  prepare(next: NextQuestion): Promise<void> {
    return this.#ahead.run(async () => {
      if (!this.#client.alive) return; // the load that a question brings comes first
      this.#expectSilence('vision');
      await this.#client.call((api, id) => api.prepare(id, next), { watched: true });
    });
  }

  async measure(messages: Message[], { signal }: { signal?: AbortSignal } = {}): Promise<number> {
    await this.#loads.join(signal ? { signal } : {});
    return this.#client.call((api) => api.measure(messages));
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
    this.#loads.forget();
  }

  /** Whether the GPU is left alone although nobody asked for that. */
  get #safe(): boolean {
    const { device, variant } = this.#options;
    return device === undefined && variant === undefined && this.#policy.safeMode;
  }

  #loadRequest(): LoadRequest {
    return loadRequestOf(this.#safe ? { ...this.#options, device: 'wasm' } : this.#options);
  }

  #startLoad(progress: (value: LoadProgress) => void, signal: AbortSignal): Promise<ModelInfo> {
    const request = this.#loadRequest();
    const mayCrashThePage = request.device !== 'wasm';
    const report = openCallback<LoadProgress>((value) => {
      if (mayCrashThePage && value.step === 'prepare') this.#policy.startBegins();
      progress(value);
    });
    return this.#client
      .call((api, id) => api.load(id, request, report.callback), { signal })
      .then((info) => this.#explained(info))
      .finally(() => {
        this.#policy.startEnds();
        report.close();
      });
  }

  /** Says why the GPU is not used when it was left alone after crashes. */
  #explained(info: ModelInfo): ModelInfo {
    this.#device = info.device;
    if (!this.#safe) return info;
    return { ...info, reasons: [{ reason: 'crashes', values: { times: this.#policy.failures } }, ...info.reasons] };
  }

  /** One answer, in as many workers as it takes: a new one continues where the last one broke off. */
  async #answer(request: ChatRequest, stream: EventStream<ChatEvent>, signal: AbortSignal): Promise<void> {
    const answer = new ContinuedAnswer(request, stream);
    for (let restart = 0; ; restart++) {
      try {
        await this.#loads.join({ signal });
        await this.#attempt(answer, stream, signal);
        return;
      } catch (thrown) {
        const error = asAppError(thrown);
        if (error.code !== 'worker-lost' || stream.over || signal.aborted) throw error;
        if (this.#device === 'webgpu') this.#policy.lost();
        if (this.#client.exhausted) throw error;
        answer.restarts++;
        await pauseFor(this.#policy.waitBefore(restart), signal);
      }
    }
  }

  #expectSilence(phase: Phase): void {
    const sees = phase === 'image' || phase === 'vision';
    this.#client.expectSilence(sees ? Math.max(PICTURE_SILENCE_MS, this.#timing.silenceMs) : this.#timing.silenceMs);
  }

  async #attempt(answer: ContinuedAnswer, stream: EventStream<ChatEvent>, signal: AbortSignal): Promise<void> {
    let sawDone = (): void => {};
    const done = new Promise<void>((resolve) => {
      sawDone = resolve;
    });
    const pace = new TokenPace();
    const events = openCallback<ChatEvent>((event) => {
      if (event.type === 'phase') this.#expectSilence(event.phase);
      if (event.type === 'text') {
        const limit = pace.note(performance.now());
        if (limit !== null) this.#client.expectSilence(Math.min(limit, this.#timing.silenceMs));
      }
      answer.push(event);
      if (event.type !== 'done') return;
      this.#client.forgetCrashes();
      if (this.#device === 'webgpu') this.#policy.forgive();
      sawDone();
    });
    try {
      if (this.#ahead.pending) {
        answer.push({ type: 'phase', phase: 'vision' });
        await this.#ahead.pending;
      }
      this.#expectSilence('prefill');
      const { request, resume } = answer;
      await this.#client.call((api, id) => api.chat(id, request, events.callback, resume), { signal, watched: true });
      // Events and the result travel through different ports, so the result may overtake the last event.
      if (!stream.over) await atMost(LAST_EVENT_MS, done);
      stream.fail(new AppError('backend-failed', 'The answer ended without saying why. Ask again.'));
    } finally {
      events.close();
    }
  }
}
