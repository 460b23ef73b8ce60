/** Many askers → one at a time, the others in a line of limited length. */
import { Queue } from '../engine/queue.ts';
import { HttpError } from './http-json.ts';

export class Turnstile {
  readonly #queue = new Queue();
  readonly #maxWaiting: number;
  /** Those inside and in line. */
  #present = 0;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** Resolves to what leaves again. Throws HttpError 429 when the line is full, the signal's reason when aborted. */
  async enter(signal: AbortSignal): Promise<() => void> {
    if (this.#present > this.#maxWaiting)
      throw new HttpError(429, 'busy', 'Too many questions are waiting already. Ask again in a moment.');
    this.#present += 1;
    try {
      const leave = await this.#queue.enter(signal);
      return () => {
        this.#present -= 1;
        leave();
      };
    } catch (thrown) {
      this.#present -= 1;
      throw thrown;
    }
  }
}
