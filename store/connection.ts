/** A database name → transactions on it, through a connection that is opened late, closed when asked and re-opened. */
import type { UseStore } from 'idb-keyval';
import type { AppError } from '../contract/errors.ts';
import { errorFor } from '../contract/reasons.ts';

const VERSION = 1;
export type StoreName = 'chunks' | 'models';
const STORES: readonly StoreName[] = ['chunks', 'models'];

function blocked(how: string, cause?: unknown): AppError {
  return errorFor('storage-blocked', { reason: 'blocked', values: {} }, { how }, cause);
}

/**
 * idb-keyval's own `createStore` knows no version, never notices a blocked open or a connection that the browser has
 * closed, and cannot ask for durability; this does.
 */
export class Connection {
  readonly #factory: IDBFactory | undefined;
  readonly #name: string;
  readonly #openTimeoutMs: number;
  #opened: Promise<IDBDatabase> | null = null;

  constructor(factory: IDBFactory | undefined, name = 'models', openTimeoutMs = 5000) {
    this.#factory = factory;
    this.#name = name;
    this.#openTimeoutMs = openTimeoutMs;
  }

  /** One object store in the form idb-keyval takes. `strict`: a write is on disk when it resolves. */
  store(name: StoreName, durability: IDBTransactionDurability = 'default'): UseStore {
    return (mode, callback) =>
      this.transaction(mode, durability, [name], (transaction) => callback(transaction.objectStore(name)));
  }

  /**
   * Runs `callback` in one transaction. Throws `storage-blocked` when the database cannot be opened, else what
   * `callback` throws.
   */
  async transaction<T>(
    mode: IDBTransactionMode,
    durability: IDBTransactionDurability,
    stores: readonly StoreName[],
    callback: (transaction: IDBTransaction) => T | PromiseLike<T>,
  ): Promise<T> {
    const begin = async (): Promise<IDBTransaction> =>
      (await this.#database()).transaction([...stores], mode, { durability });
    let transaction: IDBTransaction;
    try {
      transaction = await begin();
    } catch (thrown) {
      if ((thrown as Partial<DOMException>).name !== 'InvalidStateError') throw thrown;
      this.#opened = null; // the browser closed the connection; it may be opened again
      transaction = await begin();
    }
    return callback(transaction);
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.then(
      (database) => database.close(),
      () => {}, // never opened: nothing to close
    );
  }

  #database(): Promise<IDBDatabase> {
    if (!this.#opened) {
      const opened = this.#open();
      this.#opened = opened;
      opened.catch(() => {
        if (this.#opened === opened) this.#opened = null; // a failure is not remembered
      });
    }
    return this.#opened;
  }

  #open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      if (!this.#factory) throw blocked('no indexedDB');
      let request: IDBOpenDBRequest;
      try {
        request = this.#factory.open(this.#name, VERSION);
      } catch (thrown) {
        throw blocked(String(thrown), thrown);
      }
      let late = false;
      // `blocked` means that another tab still holds an older version open; it may let go within the time.
      const timer = setTimeout(() => {
        late = true;
        reject(blocked('open timed out'));
      }, this.#openTimeoutMs);
      request.onupgradeneeded = () => {
        for (const name of STORES)
          if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name);
      };
      request.onerror = () => {
        clearTimeout(timer);
        reject(blocked(request.error?.name ?? 'open failed', request.error));
      };
      request.onsuccess = () => {
        clearTimeout(timer);
        const database = request.result;
        if (late) {
          database.close();
          return;
        }
        const forget = (): void => {
          this.#opened = null;
        };
        // A newer version of the page, or a deletion, must not wait for this tab.
        database.onversionchange = () => {
          database.close();
          forget();
        };
        database.onclose = forget;
        resolve(database);
      };
    });
  }
}
