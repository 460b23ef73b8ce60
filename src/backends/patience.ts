/** A caller's signal and a limit of silence → one signal that ends a request, with the reason why. */
import { AppError } from '../../contract/errors.ts';

/** Ends a request when the caller does, or when nothing arrived for too long. */
export class Patience {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #callers: AbortSignal[];
  readonly #stop = (): void => this.#controller.abort(new AppError('cancelled', 'Stopped.'));
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number, callers: AbortSignal[]) {
    this.#milliseconds = milliseconds;
    this.#callers = callers;
    for (const caller of callers) {
      caller.addEventListener('abort', this.#stop, { once: true });
      if (caller.aborted) this.#stop();
    }
    this.renew();
  }

  /** Its reason is always an AppError. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something arrived: the silence starts anew. */
  renew(): void {
    clearTimeout(this.#timer);
    const seconds = Math.round(this.#milliseconds / 1000);
    const message = `The server was silent for ${seconds} seconds. Look at its log, or try again.`;
    const giveUp = (): void =>
      this.#controller.abort(new AppError('server-unreachable', message, { reason: 'silent', seconds }));
    this.#timer = setTimeout(giveUp, this.#milliseconds);
  }

  /** Frees the timer, and the connection when the reader left early. */
  end(): void {
    clearTimeout(this.#timer);
    for (const caller of this.#callers) caller.removeEventListener('abort', this.#stop);
    this.#stop();
  }
}
