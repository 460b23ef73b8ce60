/** A test → a server, a fresh browser database and short waits, all gone when the test is over. */
import { IDBFactory } from 'fake-indexeddb';
import { afterEach } from 'vitest';
import type { LoadProgress } from '../../contract/backend.ts';
import type { StoreEnvironment } from '../environment.ts';
import type { StoredModel } from '../model.ts';
import type { DownloadTiming } from '../../files/http/retry.ts';
import { openModel } from '../store.ts';
import { type Folder, modelFolder } from '../../faults/model-folder.ts';
import { ScriptedServer } from '../../faults/scripted-server.ts';

/** Short waits between tries; silence is still waited out, so that a busy machine is not taken for a dead server. */
export const FAST: DownloadTiming = { retryDelayMs: 1, maxRetryDelayMs: 20, stallMs: 20_000, maxTries: 5 };
/** For servers that do fall silent. */
export const SHORT_STALL: Partial<DownloadTiming> = { stallMs: 300 };

const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

export interface Setting {
  server: ScriptedServer;
  folder: Folder;
  environment: Partial<StoreEnvironment>;
  /** Opens the model as a new visit would: nothing but the database is shared with earlier calls. */
  open(options?: Parameters<typeof openModel>[1]): Promise<StoredModel>;
  /** Opens the model and fetches all its files. */
  load(options?: Parameters<typeof openModel>[1]): Promise<StoredModel>;
  progress: LoadProgress[];
}

export async function setting(folder: Folder = modelFolder()): Promise<Setting> {
  const server = await ScriptedServer.start(folder);
  servers.push(server);
  const environment: Partial<StoreEnvironment> = { indexedDB: new IDBFactory(), openTimeoutMs: 20_000 };
  const progress: LoadProgress[] = [];
  const open: Setting['open'] = (options = {}) =>
    openModel(server.url, { environment, ...options, timing: { ...FAST, ...options.timing } });
  return {
    server,
    folder,
    environment,
    progress,
    open,
    async load(options = {}) {
      const model = await open(options);
      progress.length = 0;
      await model.fetchFiles(server.folder.paths, {
        ...(options.signal ? { signal: options.signal } : {}),
        onProgress: (value) => void progress.push(value),
      });
      return model;
    },
  };
}

/** True when every file of the model reads as the folder has it. */
export async function readsAs(model: StoredModel, folder: Folder): Promise<boolean> {
  for (const path of folder.paths) {
    if (Buffer.compare(await model.read(path), folder.files.get(path) as Uint8Array) !== 0) return false;
  }
  return true;
}

/** Raw access to the browser's database, to look at it and to damage it. */
export async function database(environment: Partial<StoreEnvironment>): Promise<{
  keys(store?: 'chunks' | 'models'): Promise<string[]>;
  get(key: string): Promise<Blob>;
  put(key: string, value: unknown, store?: 'chunks' | 'models'): Promise<void>;
  del(key: string, store?: 'chunks' | 'models'): Promise<void>;
}> {
  const factory = environment.indexedDB as IDBFactory;
  async function run<T>(store: string, action: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const opened = await result(factory.open('models'));
    try {
      return await result(action(opened.transaction(store, 'readwrite').objectStore(store)));
    } finally {
      opened.close();
    }
  }
  const result = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error as Error);
    });
  return {
    keys: async (store = 'chunks') => (await run(store, (objects) => objects.getAllKeys())) as string[],
    get: (key) => run('chunks', (store) => store.get(key) as IDBRequest<Blob>),
    async put(key, value, store = 'chunks') {
      await run(store, (objects) => objects.put(value, key));
    },
    async del(key, store = 'chunks') {
      await run(store, (objects) => objects.delete(key));
    },
  };
}
