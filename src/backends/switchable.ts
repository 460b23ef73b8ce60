/** Several backends, one after another → one Backend that stays the same for whoever uses it. */
import type { Backend, LoadOptions, ModelInfo } from '../../contract/backend.ts';
import { ForwardingBackend } from './forwarding.ts';

export class SwitchableBackend extends ForwardingBackend {
  #current: Backend;

  constructor(first: Backend) {
    super();
    this.#current = first;
  }

  /** From now on `next` loads and answers; what was before is freed. */
  async use(next: Backend): Promise<void> {
    const before = this.#current;
    this.#current = next;
    if (before !== next) await before.dispose();
  }

  /** Whoever waits for a load when another backend takes over waits for that one: it is what is wanted now. */
  override async load(options?: LoadOptions): Promise<ModelInfo> {
    for (;;) {
      const current = this.#current;
      try {
        const info = await current.load(options);
        if (current === this.#current) return info;
      } catch (thrown) {
        if (current === this.#current) throw thrown;
      }
    }
  }

  protected async inner(): Promise<Backend> {
    return this.#current;
  }
}
