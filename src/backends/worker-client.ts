/** Calls to a worker → promises that always settle, also when the worker dies or never answers. */
import { transfer, wrap } from 'comlink';
import { AppError, asAppError, fromWire } from '../../contract/errors.ts';
import { newId } from '../../contract/new-id.ts';
import { type Call, type Calls, type Down, HOLD, type Up } from '../../contract/wire.ts';
import { Watchdog } from './watchdog.ts';

/** The part of `Worker` that is used here, so that tests can stand in for one. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'addEventListener' | 'removeEventListener' | 'terminate'>;

/** The one function that a worker exposes. */
type Expose = (name: string, args: unknown[], port: MessagePort) => void;

/** How often a worker that computes an answer is asked for a sign of life. */
const PING_MS = 500;

const UNREADABLE = 'sent a message that cannot be read';

interface LiveWorker {
  worker: WorkerLike;
  start: (name: string, args: unknown[], port: MessagePort) => Promise<void>;
  /** One function per pending call, which rejects it. */
  pending: Set<(error: AppError) => void>;
  /** Of each call during which silence means death: how long that may last now. */
  limits: Set<() => number>;
  watchdog: Watchdog | null;
}

export interface WorkerClientOptions {
  create: () => WorkerLike;
  /** What the worker does, as errors name it: "runs the model". */
  duty: string;
  /** What a person does when it is gone: "Ask again to start it anew." */
  remedy: string;
  /** Called when a worker is gone, for whatever reason: what was loaded in it is gone too. */
  onGone?: () => void;
  /** How long a call may take to end after it was aborted before the worker is ended. @default for ever */
  cancelTimeoutMs?: number;
  /** After so many crashes with no answer in between, no new worker is started until `forgetCrashes`. @default no limit */
  crashLimit?: number;
}

export interface CallOptions<Event> {
  onEvent?: (event: Event) => void;
  /** How long the worker may give no sign of life from now on, in milliseconds; asked at each sign. @default for ever */
  silence?: () => number;
  /** Aborting tells the worker; the call still settles by what it answers. */
  signal?: AbortSignal | undefined;
}

/** Owns at most one worker at a time. Comlink never rejects when a worker dies; this does, for every pending call. */
export class WorkerClient<C extends Calls<C>> {
  readonly #options: WorkerClientOptions;
  readonly #thread: string;
  #live: LiveWorker | null = null;
  #crashes = 0;

  constructor(options: WorkerClientOptions) {
    this.#options = options;
    this.#thread = `The background thread that ${options.duty}`;
  }

  /** Makes one call. Rejects only with AppError; `worker-lost` when the worker died meanwhile. */
  async call<N extends keyof C & string>(
    name: N,
    args: C[N]['args'],
    options: CallOptions<C[N]['event']> = {},
  ): Promise<C[N]['result']> {
    if (options.signal?.aborted) throw new AppError('cancelled', 'Stopped.');
    return this.#exchange<C[N]>(this.#live ?? this.#spawn(), name, args, options);
  }

  async #exchange<One extends Call>(
    live: LiveWorker,
    name: string,
    args: One['args'],
    { onEvent, silence, signal }: CallOptions<One['event']> = {},
  ): Promise<One['result']> {
    const { port1: port, port2: far } = new MessageChannel();
    const { cancelTimeoutMs } = this.#options;
    const tell = (message: Down): void => port.postMessage(message);
    let lastResort: ReturnType<typeof setTimeout> | undefined;
    const cancel = (): void => {
      tell('abort');
      if (cancelTimeoutMs !== undefined)
        lastResort = setTimeout(() => this.#lose(live, 'does not react to Stop', {}), cancelTimeoutMs);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    const watch = silence && this.#watch(live, silence, () => tell('ping'));
    let forget = (): void => {};
    try {
      return await new Promise<One['result']>((resolve, reject) => {
        live.pending.add(reject);
        forget = () => live.pending.delete(reject);
        port.onmessage = ({ data }: MessageEvent<Up<One>>) => {
          if (data !== 'pong' && 'event' in data) onEvent?.(data.event);
          watch?.heard(data === 'pong');
          if (data === 'pong' || 'event' in data) return;
          if ('error' in data) reject(fromWire(data.error));
          else resolve(data.result);
        };
        port.onmessageerror = () => this.#lose(live, UNREADABLE, {});
        live.start(name, args, far).catch(reject);
      });
    } catch (thrown) {
      const error = asAppError(thrown);
      // The worker itself says that it is of no use any more.
      if (error.code === 'worker-lost') this.#end(live, this.#crashed(live, error));
      throw error;
    } finally {
      port.close();
      watch?.stop();
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
    return this.#crashes >= (this.#options.crashLimit ?? Number.POSITIVE_INFINITY);
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
      worker = this.#options.create();
    } catch (thrown) {
      this.#crashes += 1;
      throw new AppError(
        'worker-lost',
        `This browser did not start the background thread that ${this.#options.duty}. Reload the page.`,
        { reason: asAppError(thrown).message },
        thrown,
      );
    }
    const remote = wrap<Expose>(worker);
    const live: LiveWorker = {
      worker,
      start: (name, args, port) => remote(name, args, transfer(port, [port])),
      pending: new Set(),
      limits: new Set(),
      watchdog: null,
    };
    const onError = (event: Event): void => {
      const { message, filename, lineno } = event as ErrorEvent;
      this.#lose(live, 'stopped with an error', {
        reason: message || 'the script did not load or the browser ended it',
        ...(filename ? { file: filename.split('/').pop() ?? '', line: lineno ?? 0 } : {}),
      });
    };
    worker.addEventListener('error', onError);
    worker.addEventListener('messageerror', () => this.#lose(live, UNREADABLE, {}));
    this.#live = live;
    void this.#noticeDeath(live);
    return live;
  }

  /** A worker that closes itself, or that the browser ends, raises no event; but it gives back its Web Lock. */
  async #noticeDeath(live: LiveWorker): Promise<void> {
    const { locks } = globalThis.navigator ?? {};
    if (!locks) return;
    const name = `worker ${newId()}`;
    try {
      await this.#exchange(live, HOLD, [name]);
      await locks.request(name, () => this.#lose(live, 'ended', {}));
    } catch {
      // A worker that gets no lock is still watched while it answers.
    }
  }

  /** As long as one call is watched, its worker is. What one call may take, others have to bear with. */
  #watch(live: LiveWorker, limit: () => number, ping: () => void) {
    const longest = (): number => Math.max(...[...live.limits].map((limitOf) => limitOf()));
    live.limits.add(limit);
    live.watchdog ??= new Watchdog(longest(), () => this.#lose(live, 'stopped answering', {}));
    live.watchdog.alive(longest());
    let asked = false;
    const pinging = setInterval(() => {
      if (!asked) ping();
      asked = true;
    }, PING_MS);
    return {
      heard: (pong: boolean): void => {
        if (pong) asked = false;
        live.watchdog?.alive(longest());
      },
      stop: (): void => {
        clearInterval(pinging);
        live.limits.delete(limit);
        if (live.limits.size > 0) return;
        live.watchdog?.stop();
        live.watchdog = null;
      },
    };
  }

  #lose(live: LiveWorker, what: string, evidence: AppError['evidence']): void {
    const message = `${this.#thread} ${what}. ${this.#options.remedy}`;
    this.#end(live, this.#crashed(live, new AppError('worker-lost', message, evidence)));
  }

  /** Counts a crash, once for each worker. */
  #crashed(live: LiveWorker, { message, evidence }: AppError): AppError {
    if (this.#live === live) this.#crashes += 1;
    return new AppError('worker-lost', message, { ...evidence, crashes: this.#crashes });
  }

  #end(live: LiveWorker, error: AppError): void {
    if (this.#live !== live) return;
    this.#live = null;
    live.watchdog?.stop();
    live.worker.terminate();
    for (const reject of live.pending) reject(error);
    this.#options.onGone?.();
  }
}
