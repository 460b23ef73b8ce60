/** A backend whose code is fetched when it is first used → a Backend that can be handed around before. */
import type { Backend } from '../../contract/backend.ts';
import { AppError } from '../../contract/errors.ts';
import { ForwardingBackend } from './forwarding.ts';

export class LateBackend extends ForwardingBackend {
  readonly #fetch: () => Promise<Backend>;
  #inner: Promise<Backend> | null = null;

  /** `fetch` may reject; the next use tries again. */
  constructor(fetch: () => Promise<Backend>) {
    super();
    this.#fetch = fetch;
  }

  /** One that was never used has nothing to free. */
  override async dispose(): Promise<void> {
    const inner = await this.#inner?.catch(() => null);
    await inner?.dispose();
  }

  protected async inner(): Promise<Backend> {
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
