/** The worker that keeps models → a ModelStore that the page can use without knowing of threads. */
import { asStoreChange, type ModelStore, STORE_CHANNEL, type StoreCalls } from '../../contract/stored-models.ts';
import { allowOwnWorkers } from './trusted-url.ts';
import { WorkerClient, type WorkerLike } from './worker-client.ts';

function startStoreWorker(): WorkerLike {
  allowOwnWorkers();
  return new Worker(new URL('../../workers/store.worker.ts', import.meta.url), { type: 'module' });
}

/** The worker is started with the first call. When it dies, what is pending rejects and the next call starts another. */
export function createModelStore(createWorker: () => WorkerLike = startStoreWorker): ModelStore {
  const client = new WorkerClient<StoreCalls>({
    create: createWorker,
    duty: 'keeps models',
    remedy: 'Try again; what has arrived is kept.',
  });
  return {
    list: () => client.call('list', []),
    inspect: (modelUrl, { signal, keptOnly = false } = {}) => client.call('inspect', [modelUrl, keptOnly], { signal }),
    fit: (sizes) => client.call('fit', [sizes]),
    borrow: (modelUrl, { signal, onProgress: onEvent }) => client.call('borrow', [modelUrl], { signal, onEvent }),
    fetch: (modelUrl, { signal, onProgress: onEvent }) => client.call('fetch', [modelUrl], { signal, onEvent }),
    importFiles: (files, { signal, onProgress: onEvent }) => client.call('importFiles', [files], { signal, onEvent }),
    watch(listener) {
      if (typeof BroadcastChannel === 'undefined') return () => {}; // other tabs are not heard of
      const channel = new BroadcastChannel(STORE_CHANNEL);
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        const change = asStoreChange(data);
        if (change) listener(change);
      };
      return () => channel.close();
    },
    delete: async (modelUrl) => void (await client.call('delete', [modelUrl])),
    deleteAll: async () => void (await client.call('deleteAll', [])),
  };
}
