/** Something that may fail for a while → its result, after waiting longer from try to try. */
import { AppError, asAppError, type Evidence } from '../../contract/errors.ts';

/** All times in milliseconds. */
export interface DownloadTiming {
  /** Wait before the second try; doubles from try to try, with jitter. @default 500 */
  retryDelayMs: number;
  /** Longest wait, also when the server asks for more. @default 30000 */
  maxRetryDelayMs: number;
  /** A request that brings no byte for this long is given up and tried again. @default 20000 */
  stallMs: number;
  /** Tries in a row that bring no complete chunk. @default 5 */
  maxTries: number;
}

export const DEFAULT_TIMING: DownloadTiming = {
  retryDelayMs: 500,
  maxRetryDelayMs: 30_000,
  stallMs: 20_000,
  maxTries: 5,
};

/** A failure that another try may cure; never leaves the store. */
export class TemporaryFailure extends Error {
  readonly evidence: Evidence;
  /** What the server asked for in Retry-After. */
  readonly waitMs: number | undefined;
  /** How many tries this one counts for: waiting out five whole stalls would be too long for a person. */
  readonly weight: number;

  constructor(message: string, evidence: Evidence, options: { waitMs?: number | undefined; weight?: number } = {}) {
    super(message);
    this.evidence = evidence;
    this.waitMs = options.waitMs;
    this.weight = options.weight ?? 1;
  }
}

/** Waits; throws `cancelled` as soon as the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new AppError('cancelled', 'Stopped.'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Counts tries, and says when to give up and how long to wait. */
export class Retries {
  readonly #timing: DownloadTiming;
  readonly #signal: AbortSignal | undefined;
  #tries = 0;

  constructor(timing: DownloadTiming, signal: AbortSignal | undefined) {
    this.#timing = timing;
    this.#signal = signal;
  }

  /** Something was achieved: earlier failures no longer count. */
  reset(): void {
    this.#tries = 0;
  }

  /**
   * Waits until the next try may start. Throws `download-failed` when there were too many, and whatever `thrown` is when
   * trying again cannot help.
   */
  async afterFailure(thrown: unknown, what: Evidence): Promise<void> {
    if (this.#signal?.aborted) throw new AppError('cancelled', 'Stopped.');
    if (!(thrown instanceof TemporaryFailure)) throw asAppError(thrown);
    this.#tries += thrown.weight;
    const { maxTries, retryDelayMs, maxRetryDelayMs } = this.#timing;
    if (this.#tries >= maxTries) {
      throw new AppError(
        'download-failed',
        `The model could not be fetched: ${thrown.message}. Check the connection and try again; what has arrived is kept.`,
        { ...what, ...thrown.evidence, tries: this.#tries },
        thrown,
      );
    }
    const backoff = retryDelayMs * 2 ** (this.#tries - 1) * (0.5 + Math.random());
    await pause(Math.min(thrown.waitMs ?? backoff, maxRetryDelayMs), this.#signal);
  }
}
