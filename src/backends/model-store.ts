/** The worker that keeps models → a ModelStore that the page can use without knowing of threads. */
import type { Remote } from 'comlink';
import type { LoadProgress } from '../../contract/backend.ts';
import { AppError, asAppError, type Result, unwrap } from '../../contract/errors.ts';
import { newId } from '../../contract/new-id.ts';
import {
  asStoreChange,
  type KeepOptions,
  type ModelStore,
  type ModelStoreApi,
  STORE_CHANNEL,
} from '../../contract/stored-models.ts';
import { allowOwnWorkers } from './trusted-url.ts';
import type { WorkerLike } from './worker-client.ts';

function startStoreWorker(): WorkerLike {
  allowOwnWorkers();
  return new Worker(new URL('../../workers/store.worker.ts', import.meta.url), { type: 'module' });
}

interface Live {
  api: Remote<ModelStoreApi>;
  lost: Promise<never>;
}

type Start<T> = (api: Remote<ModelStoreApi>, id: string) => Promise<Result<T>>;

/** The worker, and what is needed to talk to it, are fetched with the first call. When it dies, what is pending rejects and the next call starts another. */
export function createModelStore(createWorker: () => WorkerLike = startStoreWorker): ModelStore {
  let live: Promise<Live> | null = null;

  async function start(): Promise<Live> {
    const { wrap } = await import('comlink');
    const worker = createWorker();
    const lost = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        live = null;
        worker.terminate();
        const message = 'The background thread that keeps models stopped. Try again; what has arrived is kept.';
        reject(new AppError('worker-lost', message, { reason: (event as ErrorEvent).message ?? '' }));
      });
    });
    lost.catch(() => {}); // each pending call hears of it
    return { api: wrap<ModelStoreApi>(worker as Worker), lost };
  }

  async function connect(): Promise<Live> {
    live ??= start();
    try {
      return await live;
    } catch (thrown) {
      live = null;
      throw thrown;
    }
  }

  async function call<T>(begin: Start<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) throw new AppError('cancelled', 'Stopped.');
    const { api, lost } = await connect();
    const id = newId();
    // The answer to `cancel` is the call itself settling.
    const cancel = (): void => void api.cancel(id).catch(() => {});
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return unwrap(await Promise.race([begin(api, id), lost]));
    } catch (thrown) {
      throw asAppError(thrown);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async function withProgress<T>(
    { signal, onProgress }: KeepOptions,
    begin: (api: Remote<ModelStoreApi>, id: string, report: (progress: LoadProgress) => void) => Promise<Result<T>>,
  ): Promise<T> {
    const { openCallback } = await import('./callbacks.ts');
    const report = openCallback(onProgress);
    try {
      return await call((api, id) => begin(api, id, report.callback), signal);
    } finally {
      report.close();
    }
  }

  return {
    list: () => call((api) => api.list()),
    inspect: (modelUrl, { signal, keptOnly = false } = {}) =>
      call((api, id) => api.inspect(id, modelUrl, keptOnly), signal),
    fit: (sizes) => call((api) => api.fit([...sizes])),
    borrow: (modelUrl, options) => withProgress(options, (api, id, report) => api.borrow(id, modelUrl, report)),
    fetch: (modelUrl, options) => withProgress(options, (api, id, report) => api.fetch(id, modelUrl, report)),
    importFiles: (files, options) =>
      withProgress(options, (api, id, report) => api.importFiles(id, [...files], report)),
    watch(listener) {
      if (typeof BroadcastChannel === 'undefined') return () => {}; // other tabs are not heard of
      const channel = new BroadcastChannel(STORE_CHANNEL);
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        const change = asStoreChange(data);
        if (change) listener(change);
      };
      return () => channel.close();
    },
    delete: async (modelUrl) => void (await call((api) => api.delete(modelUrl))),
    deleteAll: async () => void (await call((api) => api.deleteAll())),
  };
}
