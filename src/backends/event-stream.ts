/** Values that are pushed one by one → an iterator that one consumer reads at its own pace. */

/** A queue with one reader. After `end` or `fail` nothing more is accepted; what was pushed before is still read. */
export class EventStream<T> implements AsyncIterableIterator<T> {
  readonly #queue: T[] = [];
  readonly #onOver: (left: boolean) => void;
  #over = false;
  #failure: { error: unknown } | null = null;
  #wake: (() => void) | null = null;

  /** `onOver` hears once that nothing more is accepted; `left`: because the reader went away. */
  constructor(onOver: (left: boolean) => void = () => {}) {
    this.#onOver = onOver;
  }

  get over(): boolean {
    return this.#over;
  }

  push(value: T): void {
    if (this.#over) return;
    this.#queue.push(value);
    this.#wake?.();
  }

  end(left = false): void {
    if (this.#over) return;
    this.#over = true;
    this.#onOver(left);
    this.#wake?.();
  }

  fail(error: unknown): void {
    if (this.#over) return;
    this.#failure = { error };
    this.end();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const value = this.#queue.shift();
      if (value !== undefined) return { value, done: false };
      if (this.#over) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const failure = this.#failure;
    this.#failure = null;
    if (failure) throw failure.error;
    return { value: undefined, done: true };
  }

  /** The reader leaves early. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.end(true);
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
