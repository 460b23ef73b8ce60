/** Work ahead of questions → one after another, and a promise for those who begin behind it. */
export class WorkAhead {
  #pending: Promise<void> | null = null;

  /** Settles when everything asked for so far has; null when nothing runs. Never rejects. */
  get pending(): Promise<void> | null {
    return this.#pending;
  }

  async run(task: () => Promise<void>): Promise<void> {
    const work = Promise.resolve(this.#pending).then(task);
    const settled = work.catch(() => {
      // Whoever asked for it is told; the next question finds out for itself.
    });
    this.#pending = settled;
    try {
      await work;
    } finally {
      if (this.#pending === settled) this.#pending = null;
    }
  }
}
