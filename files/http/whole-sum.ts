/** The chunks of a file, as they arrive and as they were kept → whether the whole has the promised SHA-256. */
import { AppError } from '../../contract/errors.ts';
import type { RunningSum } from '../running-sum.ts';

export interface Promised {
  sha256: string;
  /** Starts a sum. */
  running: () => RunningSum;
  /** A chunk that is here already; undefined when it is gone or damaged. */
  kept(index: number): Promise<Uint8Array | undefined>;
  /** Lets go of everything, because the whole is wrong. */
  discard(): Promise<void>;
}

/** Each byte is read once: as it passes where chunks come in order, from where it is kept otherwise. */
export class WholeSum {
  readonly #promised: Promised;
  readonly #sum: RunningSum;
  #next = 0;

  constructor(promised: Promised) {
    this.#promised = promised;
    this.#sum = promised.running();
  }

  /** A chunk has arrived; those before it were kept earlier. */
  async passed(index: number, bytes: Uint8Array): Promise<void> {
    if (!(await this.#catchUp(index)) || index !== this.#next) return;
    this.#sum.update(bytes);
    this.#next += 1;
  }

  /** Asked once, when all `count` chunks of the file are here. Throws `chunk-corrupt` after everything is let go of. */
  async check(path: string, count: number): Promise<void> {
    if ((await this.#catchUp(count)) && this.#sum.hex() === this.#promised.sha256) return;
    await this.#promised.discard();
    const message = `The server sent other bytes for ${path} than it promises. They were discarded; try again.`;
    throw new AppError('chunk-corrupt', message, { path });
  }

  async #catchUp(to: number): Promise<boolean> {
    for (; this.#next < to; this.#next++) {
      const bytes = await this.#promised.kept(this.#next);
      if (!bytes) return false;
      this.#sum.update(bytes);
    }
    return true;
  }
}
