/** Several backends, one after another → one Backend that stays the same for whoever uses it. */
import type { Backend, LoadOptions, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest, NextQuestion } from '../../contract/chat.ts';

/** Some backends keep a model in this browser and can delete it. */
type Inner = Backend & { deleteStored?: () => Promise<void> };

export class SwitchableBackend implements Backend {
  #current: Inner;

  constructor(first: Inner) {
    this.#current = first;
  }

  /** From now on `next` loads and answers; what was before is freed. */
  async use(next: Inner): Promise<void> {
    const before = this.#current;
    this.#current = next;
    if (before !== next) await before.dispose();
  }

  /** Whoever waits for a load when another backend takes over waits for that one: it is what is wanted now. */
  async load(options?: LoadOptions): Promise<ModelInfo> {
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

  async prepare(next: NextQuestion): Promise<void> {
    await this.#current.prepare?.(next);
  }

  chat(request: ChatRequest, options?: { signal?: AbortSignal }): AsyncIterable<ChatEvent> {
    return this.#current.chat(request, options);
  }

  async deleteStored(): Promise<void> {
    await this.#current.deleteStored?.();
  }

  dispose(): Promise<void> {
    return this.#current.dispose();
  }
}
