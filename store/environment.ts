/** What the store needs of the browser, in one place, so that tests and other hosts can stand in for it. */
import { asAppError } from '../contract/errors.ts';
import type { Reason } from '../contract/reasons.ts';
import { Connection } from './connection.ts';
import { underLock } from './lock.ts';

export interface StoreEnvironment {
  /** Undefined where the browser has none. */
  indexedDB: IDBFactory | undefined;
  storage: Pick<StorageManager, 'estimate'> | undefined;
  locks: Pick<LockManager, 'request'> | undefined;
  /** How long opening the database may take; another tab with an older page can block it. @default 5000 */
  openTimeoutMs: number;
}

/** Room beyond the model's own bytes, for the database's bookkeeping. */
const OVERHEAD = 1.1;

/** What this browser offers. Reading `indexedDB` throws where site data is blocked. */
export function browserEnvironment(): StoreEnvironment {
  let factory: IDBFactory | undefined;
  try {
    factory = globalThis.indexedDB;
  } catch {
    factory = undefined; // blocked: the store works from memory and says so
  }
  const { storage, locks } = (globalThis.navigator ?? {}) as { storage?: StorageManager; locks?: LockManager };
  return { indexedDB: factory, storage, locks, openTimeoutMs: 5000 };
}

const connections = new WeakMap<IDBFactory, Connection>();

/** One connection per database factory, shared by everything in this thread. */
export function connectionOf({ indexedDB, openTimeoutMs }: StoreEnvironment): Connection {
  if (!indexedDB) return new Connection(undefined);
  let connection = connections.get(indexedDB);
  if (!connection) {
    connection = new Connection(indexedDB, 'models', openTimeoutMs);
    connections.set(indexedDB, connection);
  }
  return connection;
}

const queues = new Map<string, Promise<unknown>>();

/** Runs `task` when no other tab, and nobody in this thread, holds the lock. Throws `cancelled` when aborted waiting. */
export async function exclusive<T>(
  environment: StoreEnvironment,
  name: string,
  signal: AbortSignal | undefined,
  task: () => Promise<T>,
): Promise<T> {
  try {
    return await underLock(environment.locks, name, signal, task, () => inOrder(name, task));
  } catch (thrown) {
    throw asAppError(thrown);
  }
}

/** One after the other, in this thread alone. */
async function inOrder<T>(name: string, task: () => Promise<T>): Promise<T> {
  const before = queues.get(name) ?? Promise.resolve();
  const mine = before.then(task, task);
  queues.set(name, mine);
  try {
    return await mine;
  } finally {
    if (queues.get(name) === mine) queues.delete(name);
  }
}

/** Null when `bytes` more can be stored as far as the browser tells, else why not. */
export async function noRoomFor(environment: StoreEnvironment, bytes: number): Promise<Reason | null> {
  const estimate = await environment.storage?.estimate().catch(() => null); // no estimate: the write itself will tell
  return noRoomIn(estimate ?? null, bytes);
}

/** As `noRoomFor`, for what the browser has told already. */
export function noRoomIn(estimate: StorageEstimate | null, bytes: number): Reason | null {
  const { quota, usage } = estimate ?? {};
  if (quota === undefined || usage === undefined || bytes * OVERHEAD <= quota - usage) return null;
  return { reason: 'room', values: { room_bytes: Math.max(0, quota - usage), bytes: Math.ceil(bytes * OVERHEAD) } };
}
