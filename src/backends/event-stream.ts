/** Values that are pushed one by one → an AsyncIterable that one consumer reads at its own pace. */

/** A queue with one reader. After `end` or `fail` nothing more is accepted; what was pushed before is still read. */
export class EventStream<T> implements AsyncIterableIterator<T> {
  readonly #queue: T[] = [];
  #over = false;
  #failure: { error: unknown } | null = null;
  #wake: (() => void) | null = null;

  get over(): boolean {
    return this.#over;
  }

  push(value: T): void {
    if (this.#over) return;
    this.#queue.push(value);
    this.#wake?.();
  }

  end(): void {
    this.#over = true;
    this.#wake?.();
  }

  fail(error: unknown): void {
    if (this.#over) return;
    this.#failure = { error };
    this.end();
  }

  async next(): Promise<IteratorResult<T>> {
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

  [Symbol.asyncIterator](): this {
    return this;
  }
}
