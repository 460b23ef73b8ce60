/** The events that say that the oldest messages were left out, under the name of today and the older one. */

type Handler = ((event: Event) => void) | null;

export class OverflowTarget extends EventTarget {
  readonly #handlers = new Map<string, Handler>();

  /** Called when the oldest messages had to be left out. */
  get oncontextoverflow(): Handler {
    return this.#handlers.get('contextoverflow') ?? null;
  }
  set oncontextoverflow(handler: Handler) {
    this.#handle('contextoverflow', handler);
  }

  get onquotaoverflow(): Handler {
    return this.#handlers.get('quotaoverflow') ?? null;
  }
  set onquotaoverflow(handler: Handler) {
    this.#handle('quotaoverflow', handler);
  }

  /** @internal */
  protected overflow(): void {
    for (const name of ['contextoverflow', 'quotaoverflow']) this.dispatchEvent(new Event(name));
  }

  #handle(name: string, handler: Handler): void {
    const before = this.#handlers.get(name);
    if (before) this.removeEventListener(name, before);
    const next = typeof handler === 'function' ? handler : null;
    this.#handlers.set(name, next);
    if (next) this.addEventListener(name, next);
  }
}
