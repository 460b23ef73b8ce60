/** Remembers what was computed from the tensor at hand, so that several outputs of one tensor cost one computation. */

/** One for each pass over the tensors: whoever asks for bytes hands it in, and it goes when the pass is over. */
export class Computed {
  #owner: object | null = null;
  #results = new Map<string, Promise<unknown>>();

  /** What `make` gave for this owner and kind, as long as no other owner came between. */
  once<T>(owner: object, kind: string, make: () => Promise<T>): Promise<T> {
    if (this.#owner !== owner) this.#results = new Map();
    this.#owner = owner;
    const known = this.#results.get(kind) as Promise<T> | undefined;
    if (known) return known;
    const made = make();
    this.#results.set(kind, made);
    return made;
  }
}
