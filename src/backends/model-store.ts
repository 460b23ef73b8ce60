/** The worker that keeps models → a ModelStore that the page can use without knowing of threads. */
import { type Remote, wrap } from 'comlink';
import type { LoadProgress } from '../../contract/backend.ts';
import { AppError, asAppError, type Result, unwrap } from '../../contract/errors.ts';
import type { KeepOptions, ModelStore, ModelStoreApi } from '../../contract/stored-models.ts';
import { openCallback } from './callbacks.ts';
import { allowOwnWorkers } from './trusted-url.ts';
import type { WorkerLike } from './worker-client.ts';

function startStoreWorker(): WorkerLike {
  allowOwnWorkers();
  return new Worker(new URL('../../workers/store.worker.ts', import.meta.url), { type: 'module' });
}

type Start<T> = (api: Remote<ModelStoreApi>, id: string) => Promise<Result<T>>;

/** The worker starts with the first call. When it dies, what is pending rejects and the next call starts another. */
export function createModelStore(createWorker: () => WorkerLike = startStoreWorker): ModelStore {
  let live: { api: Remote<ModelStoreApi>; lost: Promise<never> } | null = null;

  function connect(): NonNullable<typeof live> {
    if (live) return live;
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
    live = { api: wrap<ModelStoreApi>(worker as Worker), lost };
    return live;
  }

  async function call<T>(start: Start<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) throw new AppError('cancelled', 'Stopped.');
    const { api, lost } = connect();
    const id = crypto.randomUUID();
    // The answer to `cancel` is the call itself settling.
    const cancel = (): void => void api.cancel(id).catch(() => {});
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return unwrap(await Promise.race([start(api, id), lost]));
    } catch (thrown) {
      throw asAppError(thrown);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async function withProgress<T>(
    { signal, onProgress }: KeepOptions,
    start: (api: Remote<ModelStoreApi>, id: string, report: (progress: LoadProgress) => void) => Promise<Result<T>>,
  ): Promise<T> {
    const report = openCallback(onProgress);
    try {
      return await call((api, id) => start(api, id, report.callback), signal);
    } finally {
      report.close();
    }
  }

  return {
    list: () => call((api) => api.list()),
    inspect: (modelUrl, signal) => call((api, id) => api.inspect(id, modelUrl), signal),
    fetch: (modelUrl, options) => withProgress(options, (api, id, report) => api.fetch(id, modelUrl, report)),
    importFiles: (files, options) =>
      withProgress(options, (api, id, report) => api.importFiles(id, [...files], report)),
    delete: async (modelUrl) => void (await call((api) => api.delete(modelUrl))),
    deleteAll: async () => void (await call((api) => api.deleteAll())),
  };
}
