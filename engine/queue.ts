/** Tasks that must not overlap → one after another, in the order they came. */

export class Queue {
  #tail: Promise<unknown> = Promise.resolve();

  /** Runs `task` when all earlier ones have settled. */
  run<T>(task: () => Promise<T> | T): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => {
      // The caller of the failed task has its error; the next task starts regardless.
    });
    return result;
  }

  /** Waits for its turn and returns a function that ends it. Aborting while waiting gives the turn up and rejects. */
  enter(signal?: AbortSignal): Promise<() => void> {
    return new Promise((entered, refused) => {
      const abort = () => refused(signal?.reason);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      void this.run(
        () =>
          new Promise<void>((leave) => {
            signal?.removeEventListener('abort', abort);
            if (signal?.aborted) leave();
            else entered(leave);
          }),
      );
    });
  }
}
