/** Calls to the inference worker → promises that always settle, also when the worker dies or never answers. */
import { type Remote, wrap } from 'comlink';
import { AppError, asAppError, type Result, unwrap } from '../../contract/errors.ts';
import type { InferenceWorkerApi } from '../../contract/protocol.ts';
import { Watchdog } from './watchdog.ts';

/** The part of `Worker` that is used here, so that tests can stand in for one. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'addEventListener' | 'removeEventListener' | 'terminate'>;

const WORKER = 'The background thread that runs the model';

/** After so many crashes with no answer in between, no new worker is started until somebody asks for it. */
const CRASH_LIMIT = 3;

/** How often a worker that computes an answer is asked for a sign of life. */
const PING_MS = 500;

interface LiveWorker {
  worker: WorkerLike;
  api: Remote<InferenceWorkerApi>;
  /** One function per pending call, which rejects it. */
  pending: Set<(error: AppError) => void>;
  stopListening: () => void;
  /** Calls during which silence means death. */
  watched: number;
  watchdog: Watchdog | null;
  pinging: ReturnType<typeof setInterval> | undefined;
}

export interface CallOptions {
  /** The worker has to give signs of life during this call, as often as `expectSilence` says. */
  watched?: boolean;
  /** Aborting sends `cancel(id)`; the call still settles by what the worker answers. */
  signal?: AbortSignal | undefined;
}

/** Owns at most one worker at a time. Comlink never rejects when a worker dies; this does, for every pending call. */
export class WorkerClient {
  readonly #create: () => WorkerLike;
  readonly #cancelTimeoutMs: number;
  /** Called when a worker is gone, for whatever reason: what was loaded in it is gone too. */
  readonly #onGone: () => void;
  #live: LiveWorker | null = null;
  #crashes = 0;
  #silenceMs = Number.POSITIVE_INFINITY;

  constructor(create: () => WorkerLike, onGone: () => void, cancelTimeoutMs: number) {
    this.#create = create;
    this.#onGone = onGone;
    this.#cancelTimeoutMs = cancelTimeoutMs;
  }

  /** Runs one method of the worker. Rejects only with AppError; `worker-lost` when the worker died meanwhile. */
  async call<T>(
    start: (api: Remote<InferenceWorkerApi>, id: string) => Promise<Result<T>>,
    { signal, watched = false }: CallOptions = {},
  ): Promise<T> {
    if (signal?.aborted) throw new AppError('cancelled', 'Stopped.');
    const live = this.#live ?? this.#spawn();
    const id = crypto.randomUUID();
    let lastResort: ReturnType<typeof setTimeout> | undefined;
    const cancel = (): void => {
      // The answer to `cancel` is the call itself settling, so a failure of the message alone needs no handling.
      live.api.cancel(id).catch(() => {});
      lastResort = setTimeout(
        () => this.#lose(live, `${WORKER} does not react to Stop. Ask again to start it anew.`, {}),
        this.#cancelTimeoutMs,
      );
    };
    let forget = (): void => {};
    if (watched) this.#watch(live);
    try {
      signal?.addEventListener('abort', cancel, { once: true });
      return await new Promise<T>((resolve, reject) => {
        live.pending.add(reject);
        forget = () => live.pending.delete(reject);
        start(live.api, id).then(unwrap).then(resolve, reject);
      }).catch((thrown: unknown) => {
        const error = asAppError(thrown);
        // The worker itself says that it is of no use any more.
        if (error.code === 'worker-lost') this.#lose(live, error.message, error.evidence);
        throw error;
      });
    } finally {
      if (watched) this.#unwatch(live);
      forget();
      clearTimeout(lastResort);
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** An answer came through: earlier crashes no longer count. Also what a person's retry means. */
  forgetCrashes(): void {
    this.#crashes = 0;
  }

  /** Whether it will start no more workers until `forgetCrashes`. */
  get exhausted(): boolean {
    return this.#crashes >= CRASH_LIMIT;
  }

  /** How long the worker may compute without hearing anything, from now on. */
  expectSilence(milliseconds: number): void {
    this.#silenceMs = milliseconds;
    this.#live?.watchdog?.alive(milliseconds);
  }

  get alive(): boolean {
    return this.#live !== null;
  }

  /** Ends the worker on purpose; pending calls reject with `cancelled`. */
  terminate(): void {
    if (this.#live) this.#end(this.#live, new AppError('cancelled', 'The model was unloaded.'));
  }

  #spawn(): LiveWorker {
    if (this.exhausted) {
      throw new AppError(
        'worker-lost',
        `The model stopped ${this.#crashes} times in a row. Close other tabs or choose a smaller model, then load it again.`,
        { crashes: this.#crashes },
      );
    }
    let worker: WorkerLike;
    try {
      worker = this.#create();
    } catch (thrown) {
      this.#crashes += 1;
      throw new AppError(
        'worker-lost',
        'This browser did not start the background thread that runs the model. Reload the page.',
        { reason: asAppError(thrown).message },
        thrown,
      );
    }
    const live: LiveWorker = {
      worker,
      api: wrap(worker as Worker),
      pending: new Set(),
      stopListening: () => {},
      watched: 0,
      watchdog: null,
      pinging: undefined,
    };
    const onError = (event: Event): void => {
      const { message, filename, lineno } = event as ErrorEvent;
      this.#lose(live, `${WORKER} stopped with an error. Ask again to start it anew.`, {
        reason: message || 'the script did not load or the browser ended it',
        ...(filename ? { file: filename.split('/').pop() ?? '', line: lineno ?? 0 } : {}),
      });
    };
    const onMessageError = (): void =>
      this.#lose(live, `${WORKER} sent a message that cannot be read. Ask again to start it anew.`, {});
    worker.addEventListener('error', onError);
    worker.addEventListener('messageerror', onMessageError);
    live.stopListening = () => {
      worker.removeEventListener('error', onError);
      worker.removeEventListener('messageerror', onMessageError);
    };
    this.#live = live;
    void this.#noticeDeath(live);
    return live;
  }

  /** A worker that closes itself, or that the browser ends, raises no event; but it gives back its Web Lock. */
  async #noticeDeath(live: LiveWorker): Promise<void> {
    const { locks } = globalThis.navigator ?? {};
    if (!locks) return;
    const name = `worker ${crypto.randomUUID()}`;
    try {
      await live.api.hold(name);
      await locks.request(name, () => this.#lose(live, `${WORKER} ended. Ask again to start it anew.`, {}));
    } catch {
      // A worker without `hold` is still watched while it answers.
    }
  }

  #watch(live: LiveWorker): void {
    if (live.watched++ > 0) return;
    const onSilence = (): void => this.#lose(live, `${WORKER} stopped answering. Ask again to start it anew.`, {});
    const watchdog = new Watchdog(this.#silenceMs, onSilence);
    live.watchdog = watchdog;
    let asked = false;
    live.pinging = setInterval(() => {
      if (asked) return;
      asked = true;
      // Unknown ids are ignored, so this only asks for an answer.
      live.api.cancel('').then(
        () => {
          asked = false;
          watchdog.alive();
        },
        () => {},
      );
    }, PING_MS);
  }

  #unwatch(live: LiveWorker): void {
    if (--live.watched > 0) return;
    clearInterval(live.pinging);
    live.watchdog?.stop();
    live.watchdog = null;
  }

  #lose(live: LiveWorker, message: string, evidence: AppError['evidence']): void {
    if (this.#live !== live) return;
    this.#crashes += 1;
    this.#end(live, new AppError('worker-lost', message, { ...evidence, crashes: this.#crashes }));
  }

  #end(live: LiveWorker, error: AppError): void {
    this.#live = null;
    live.stopListening();
    live.worker.terminate();
    for (const reject of live.pending) reject(error);
    this.#onGone();
  }
}
