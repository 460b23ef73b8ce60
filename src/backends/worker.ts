/** The inference worker behind `contract/protocol.ts` → a Backend that the page can use without knowing of threads. */
import type { Backend, Device, LoadOptions, LoadProgress, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest, Message, NextQuestion } from '../../contract/chat.ts';
import { AppError, asAppError } from '../../contract/errors.ts';
import type { InferenceCalls, LoadRequest } from '../../contract/protocol.ts';
import type { LocalFile } from '../../contract/stored-models.ts';
import { AnswerSilence, IMAGE_SILENCE_MS } from './answer-silence.ts';
import { ContinuedAnswer } from './continued-answer.ts';
import { CrashPolicy } from './crash-policy.ts';
import { loadRequestOf } from './load-request.ts';
import { SharedLoads } from './shared-loads.ts';
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
  /**
   * How long a worker that answers may be deaf; images get more, a stream of tokens less. One that died is noticed at once,
   * so this is for one that hangs, and one that is only slow must not be taken for it. @default 60000
   */
  silenceMs: number;
  /** The same between two tokens of a stream, however fast they came. @default 10000 */
  tokenSilenceMs: number;
  /** After Stop, how long to wait for the worker's own last event before the stream ends anyway. @default 150 */
  stopGraceMs: number;
  /** After Stop, how long a silent worker may live before it is ended. Loading it again costs seconds. @default 30000 */
  cancelTimeoutMs: number;
  /** How long the worker may take to free sessions and device. @default 1000 */
  disposeTimeoutMs: number;
}

const DEFAULT_TIMING: BackendTiming = {
  silenceMs: 60_000,
  tokenSilenceMs: 10_000,
  stopGraceMs: 150,
  cancelTimeoutMs: 30_000,
  disposeTimeoutMs: 1000,
};

/** After so many crashes with no answer in between, no new worker is started until somebody asks for it. */
const CRASH_LIMIT = 3;

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
  readonly #client: WorkerClient<InferenceCalls>;
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
    this.#client = new WorkerClient({
      create: options.createWorker,
      duty: 'runs the model',
      remedy: 'Ask again to start it anew.',
      onGone: () => this.#loads.forget(),
      cancelTimeoutMs: this.#timing.cancelTimeoutMs,
      crashLimit: CRASH_LIMIT,
    });
  }

  async load(options: LoadOptions = {}): Promise<ModelInfo> {
    this.#client.forgetCrashes(); // whoever calls `load` asks for another try
    return this.#loads.join(options);
  }

  chat(request: ChatRequest, { signal }: { signal?: AbortSignal } = {}): AsyncIterable<ChatEvent> {
    return { [Symbol.asyncIterator]: () => this.#begin(request, signal) };
  }

  prepare(next: NextQuestion): Promise<void> {
    return this.#ahead.run(async () => {
      if (!this.#client.alive) return; // the load that a question brings comes first
      await this.#client.call('prepare', [next], { silence: () => Math.max(IMAGE_SILENCE_MS, this.#timing.silenceMs) });
    });
  }

  async measure(messages: Message[], { signal }: { signal?: AbortSignal } = {}): Promise<number> {
    await this.#loads.join(signal ? { signal } : {});
    return this.#client.call('measure', [messages], { signal });
  }

  async deleteStored(): Promise<void> {
    await this.#client.call('deleteStored', [this.#loadRequest().modelUrl]);
  }

  async dispose(): Promise<void> {
    if (this.#client.alive) {
      const freed = this.#client.call('dispose', []);
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
    const onEvent = (value: LoadProgress): void => {
      if (mayCrashThePage && value.step === 'prepare') this.#policy.startBegins();
      progress(value);
    };
    return this.#client
      .call('load', [request], { signal, onEvent })
      .then((info) => this.#explained(info))
      .finally(() => this.#policy.startEnds());
  }

  /** Says why the GPU is not used when it was left alone after crashes. */
  #explained(info: ModelInfo): ModelInfo {
    this.#device = info.device;
    if (!this.#safe) return info;
    return { ...info, reasons: [{ reason: 'crashes', values: { times: this.#policy.failures } }, ...info.reasons] };
  }

  #begin(request: ChatRequest, signal: AbortSignal | undefined): ContinuedAnswer {
    const controller = new AbortController();
    let grace: ReturnType<typeof setTimeout> | undefined;
    const answer = new ContinuedAnswer(request, (left) => {
      clearTimeout(grace);
      signal?.removeEventListener('abort', stop);
      if (left) controller.abort();
    });
    const stop = (): void => {
      controller.abort();
      grace ??= setTimeout(() => answer.stop(), this.#timing.stopGraceMs);
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    this.#supervise(answer, controller.signal).catch((thrown: unknown) => {
      const error = asAppError(thrown);
      if (error.code === 'cancelled' && controller.signal.aborted) answer.stop();
      else answer.fail(error);
    });
    return answer;
  }

  /** One answer, in as many workers as it takes: a new one continues where the last one broke off. */
  async #supervise(answer: ContinuedAnswer, signal: AbortSignal): Promise<void> {
    for (let restart = 0; ; restart++) {
      try {
        await this.#loads.join({ signal });
        await this.#attempt(answer, signal);
        return;
      } catch (thrown) {
        const error = asAppError(thrown);
        if (error.code !== 'worker-lost' || answer.over || signal.aborted) throw error;
        if (this.#device === 'webgpu') this.#policy.lost();
        if (this.#client.exhausted) throw error;
        answer.restarts++;
        await pauseFor(this.#policy.waitBefore(restart), signal);
      }
    }
  }

  async #attempt(answer: ContinuedAnswer, signal: AbortSignal): Promise<void> {
    if (this.#ahead.pending) {
      answer.push({ type: 'phase', phase: 'vision' });
      await this.#ahead.pending;
    }
    const silence = new AnswerSilence(this.#timing.silenceMs, this.#timing.tokenSilenceMs);
    answer.silence = silence;
    const { request, resume } = answer;
    const onEvent = answer.push.bind(answer);
    await this.#client.call('chat', [request, resume], { signal, onEvent, silence: () => silence.limit });
    if (!answer.over) throw new AppError('backend-failed', 'The answer ended without saying why. Ask again.');
    this.#client.forgetCrashes();
    if (this.#device === 'webgpu') this.#policy.forgive();
  }
}
