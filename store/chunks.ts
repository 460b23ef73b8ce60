/** The SHA-256 of a chunk → its bytes, kept in IndexedDB, or in memory when the browser does not keep them. */
import { del, get, keys, set, type UseStore } from 'idb-keyval';
import { asAppError, toWire } from '../contract/errors.ts';
import type { Reason } from '../contract/reasons.ts';
import type { Connection } from './connection.ts';

/** Why something could not be stored. Browsers often leave the message empty; then the error's name stands for it. */
export function reasonOf(thrown: unknown): Reason {
  const failure = toWire(thrown ?? new Error('The browser ended the transaction.'));
  if (failure.code === 'quota') return { reason: 'noMoreRoom', values: {} };
  if (failure.code === 'storage-blocked') return { reason: 'blocked', values: {} };
  const message = failure.message || String((thrown as Partial<Error>).name);
  return { reason: 'notWritten', values: { failure: { ...failure, message } } };
}

/** The bytes of a chunk; undefined when the browser has lost the file they lay in. */
export async function bytesOf(chunk: Blob): Promise<ArrayBuffer | undefined> {
  return chunk.arrayBuffer().catch(() => undefined);
}

/**
 * Keys are content addresses, so equal chunks are shared between files, variants, models and versions. Once a write has
 * failed, later writes go to memory: a model that does not fit still runs, until the page is closed.
 */
export class Chunks {
  readonly #store: UseStore;
  readonly #memory = new Map<string, Blob>();
  #memoryOnly: Reason | null = null;
  #kept = true;

  constructor(connection: Connection) {
    this.#store = connection.store('chunks');
  }

  /** Why new chunks go to memory; null while they are stored. */
  get memoryReason(): Reason | null {
    return this.#memoryOnly;
  }

  /** True when every chunk written through this object is stored. */
  get allStored(): boolean {
    return this.#kept;
  }

  /** From now on writes go to memory. */
  useMemory(reason: Reason): void {
    this.#memoryOnly ??= reason;
  }

  /** The sums of all chunks that are here, in either place. Does not look at their bytes. */
  async present(): Promise<Set<string>> {
    const present = new Set(this.#memory.keys());
    try {
      for (const key of await keys<string>(this.#store)) present.add(key);
    } catch (thrown) {
      this.useMemory(reasonOf(thrown));
    }
    return present;
  }

  /** What is stored there, not read yet and not verified; undefined when it is gone. */
  async find(sum: string): Promise<Blob | undefined> {
    const held = this.#memory.get(sum);
    if (held) return held;
    try {
      const value: unknown = await get(sum, this.#store);
      // Earlier versions of the page stored buffers.
      return value instanceof ArrayBuffer ? new Blob([value]) : value instanceof Blob ? value : undefined;
    } catch {
      return undefined; // unreadable is as good as gone: the caller fetches the chunk again
    }
  }

  /** The bytes as they lie there, not verified; undefined when they are gone or cannot be read. */
  async read(sum: string): Promise<ArrayBuffer | undefined> {
    const found = await this.find(sum);
    return found && (await bytesOf(found));
  }

  /** Keeps verified bytes. Never fails: what cannot be stored is held in memory. */
  async write(sum: string, bytes: ArrayBuffer): Promise<void> {
    // Browsers keep a blob in a file, and hand it out again without reading it.
    const blob = new Blob([bytes]);
    if (this.#memoryOnly === null) {
      const error = await this.#tryWrite(sum, blob);
      if (!error) return;
      this.useMemory(error);
    }
    this.#kept = false;
    this.#memory.set(sum, blob);
  }

  /** Removes a damaged chunk. */
  async drop(sum: string): Promise<void> {
    this.#memory.delete(sum);
    // If it cannot be deleted it is overwritten by the repaired one, or found damaged again.
    await del(sum, this.#store).catch(() => {});
  }

  /** Null when stored, else why not. A transaction that the browser ended is tried once more; a full disk is not. */
  async #tryWrite(sum: string, blob: Blob): Promise<Reason | null> {
    for (let attempt = 0; ; attempt++) {
      try {
        await set(sum, blob, this.#store);
        return null;
      } catch (thrown) {
        const { code } = asAppError(thrown);
        if (attempt > 0 || code === 'quota' || code === 'storage-blocked') return reasonOf(thrown);
      }
    }
  }
}
