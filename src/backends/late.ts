/** A backend whose code is fetched when it is first used → a Backend that can be handed around before. */
import type { Backend, LoadOptions, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest } from '../../contract/chat.ts';
import { AppError } from '../../contract/errors.ts';

/** Some backends keep a model in this browser and can delete it. */
type Inner = Backend & { deleteStored?: () => Promise<void> };

export class LateBackend implements Backend {
  readonly #fetch: () => Promise<Inner>;
  #inner: Promise<Inner> | null = null;

  /** `fetch` may reject; the next use tries again. */
  constructor(fetch: () => Promise<Inner>) {
    this.#fetch = fetch;
  }

  async load(options?: LoadOptions): Promise<ModelInfo> {
    return (await this.#started()).load(options);
  }

  async *chat(request: ChatRequest, options?: { signal?: AbortSignal }): AsyncIterable<ChatEvent> {
    yield* (await this.#started()).chat(request, options);
  }

  async deleteStored(): Promise<void> {
    await (await this.#started()).deleteStored?.();
  }

  /** One that was never used has nothing to free. */
  async dispose(): Promise<void> {
    const inner = await this.#inner?.catch(() => null);
    await inner?.dispose();
  }

  async #started(): Promise<Inner> {
    this.#inner ??= this.#fetch();
    try {
      return await this.#inner;
    } catch (thrown) {
      this.#inner = null;
      const message = 'The part of the page that computes answers could not be fetched. Check the connection.';
      throw new AppError('download-failed', message, { reason: 'partNotFetched' }, thrown);
    }
  }
}
