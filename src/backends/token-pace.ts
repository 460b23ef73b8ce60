/** Times at which the pieces of an answer arrive → how long a silence may last before its worker counts as deaf. */

/** Gaps that have to be seen before anything is concluded from them. */
const LEARN = 4;
/** A worker that was never slower than this times its slowest gap is not just slow. */
const FACTOR = 20;

export class TokenPace {
  readonly #leastMs: number;
  #last: number | null = null;
  #gaps = 0;
  #slowest = 0;

  /** `leastMs`: the shortest limit, however fast the pieces come. */
  constructor(leastMs: number) {
    this.#leastMs = leastMs;
  }

  /** Notes a piece that arrives `now` (milliseconds); returns the limit of silence, or null while too little is known. */
  note(now: number): number | null {
    if (this.#last !== null) {
      this.#gaps++;
      this.#slowest = Math.max(this.#slowest, now - this.#last);
    }
    this.#last = now;
    return this.#gaps < LEARN ? null : Math.max(this.#leastMs, FACTOR * this.#slowest);
  }
}
