/** Several callers that wait for one model → one load, which is cancelled when the last of them has stopped waiting. */
import type { LoadOptions, LoadProgress, ModelInfo } from '../../contract/backend.ts';
import { AppError } from '../../contract/errors.ts';

interface SharedLoad {
  promise: Promise<ModelInfo>;
  listeners: Set<(progress: LoadProgress) => void>;
  controller: AbortController;
  waiting: number;
  settled: boolean;
}

type Start = (report: (progress: LoadProgress) => void, signal: AbortSignal) => Promise<ModelInfo>;

export class SharedLoads {
  readonly #start: Start;
  #current: SharedLoad | null = null;

  /** `start` loads the model; a finished load is remembered until `forget`. */
  constructor(start: Start) {
    this.#start = start;
  }

  /** What was loaded is gone; the next caller loads again. */
  forget(): void {
    this.#current = null;
  }

  async join({ signal, onProgress }: LoadOptions): Promise<ModelInfo> {
    if (signal?.aborted) throw new AppError('cancelled', 'Stopped.');
    const load = this.#current ?? this.#begin();
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
        if (this.#current === load) this.#current = null;
      }
    }
  }

  #begin(): SharedLoad {
    const listeners: SharedLoad['listeners'] = new Set();
    const controller = new AbortController();
    const report = (progress: LoadProgress): void => {
      for (const listener of listeners) listener(progress);
    };
    const promise = this.#start(report, controller.signal);
    const load: SharedLoad = { promise, listeners, controller, waiting: 0, settled: false };
    this.#current = load;
    promise.then(
      () => {
        load.settled = true;
      },
      () => {
        load.settled = true;
        if (this.#current === load) this.#current = null; // a failed load is not remembered
      },
    );
    return load;
  }
}
