/** A blank page that holds the store and runs visits as it is told; bundled by browser-world.ts. */
import { asAppError } from '../contract/errors.ts';
import { reasonText } from '../contract/reasons.ts';
import { deleteModel, openModel, watchStore } from '../store/store.ts';
import { sha256 } from '../files/sha256.ts';
import type { Outcome, Visit } from './case.ts';

/** Short waits between tries. Silence is waited out for long, so that a busy machine is not taken for a dead server. */
const FAST = { retryDelayMs: 1, maxRetryDelayMs: 500, stallMs: 20_000, maxTries: 5 };
/** How long a blocked database is waited for: shorter than in the page, which has no test to end. */
const OPEN_TIMEOUT_MS = 2000;

type VisitOrder = Visit & {
  url: string;
  /** Path → SHA-256 of the bytes it should have. */
  files: Record<string, string>;
};

/** Bytes of the model that the present visit has, also inside unfinished chunks. */
let loaded = 0;

async function visit({ url, files, timing, stopAt }: VisitOrder): Promise<Outcome> {
  const controller = new AbortController();
  const { signal } = controller;
  try {
    const environment = { openTimeoutMs: OPEN_TIMEOUT_MS };
    const model = await openModel(url, { environment, timing: { ...FAST, ...timing }, signal });
    await model.fetchFiles(Object.keys(files), {
      signal,
      onProgress: ({ loaded_bytes }) => {
        loaded = loaded_bytes;
        if (stopAt !== undefined && loaded_bytes >= stopAt) controller.abort();
      },
    });
    let intact = true;
    for (const [path, sum] of Object.entries(files)) intact &&= (await sha256(await model.read(path, signal))) === sum;
    return {
      state: model.stored ? 'ready' : 'in-memory',
      message: model.notStoredReason ? reasonText(model.notStoredReason) : '',
      evidence: {},
      intact,
    };
  } catch (thrown) {
    const { code, message, evidence } = asAppError(thrown);
    return { state: code, message, evidence, intact: false };
  }
}

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('the request failed'));
  });
}

/** One raw action on the stored values, which waits for its transaction. */
async function raw(store: string, act: (objects: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await request(indexedDB.open('models'));
  try {
    return await request(act(database.transaction(store, 'readwrite').objectStore(store)));
  } finally {
    database.close();
  }
}

const harness = {
  visit,
  loaded: () => loaded,
  deleteModel: (url: string) => deleteModel(url),
  keys: (store: string) => raw(store, (objects) => objects.getAllKeys()),
  get: async (key: string) =>
    Array.from(new Uint8Array(await ((await raw('chunks', (objects) => objects.get(key))) as Blob).arrayBuffer())),
  /** Numbers stand for bytes. */
  put: (store: string, key: string, value: unknown) =>
    raw(store, (objects) => objects.put(Array.isArray(value) ? new Blob([Uint8Array.from(value)]) : value, key)),
  remove: (store: string, key: string) => raw(store, (objects) => objects.delete(key)),
  /** Resolves to the next change that another tab reports. */
  nextChange: () =>
    new Promise((resolve) => {
      const stop = watchStore((change) => {
        stop();
        resolve(change);
      });
    }),
};

Object.assign(globalThis, { harness });

export type Harness = typeof harness;
