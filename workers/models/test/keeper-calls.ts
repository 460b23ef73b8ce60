/** The handlers of the worker that keeps models → functions to call in a test, without the wire; each call has an id to cancel it by. */
import type { LoadProgress } from '../../../contract/backend.ts';
import { type Result, settle } from '../../../contract/errors.ts';
import type { DeviceSizes, LocalFile, StoreCalls } from '../../../contract/stored-models.ts';
import type { Handlers } from '../../../contract/wire.ts';

type Report = (progress: LoadProgress) => void;

export function callsOf(handlers: Handlers<StoreCalls>) {
  const running = new Map<string, AbortController>();
  function call<N extends keyof StoreCalls>(name: N, args: StoreCalls[N]['args'], id = '', send: Report = () => {}) {
    const controller = new AbortController();
    running.set(id, controller);
    const handler = handlers[name] as (...all: unknown[]) => Promise<StoreCalls[N]['result']>;
    return settle(async () => handler({ send, signal: controller.signal }, ...args)) as Promise<
      Result<StoreCalls[N]['result']>
    >;
  }
  return {
    list: () => call('list', []),
    inspect: (id: string, modelUrl: string, keptOnly?: boolean) => call('inspect', [modelUrl, keptOnly], id),
    fit: (sizes: readonly DeviceSizes[]) => call('fit', [sizes]),
    fetch: (id: string, modelUrl: string, report: Report) => call('fetch', [modelUrl], id, report),
    borrow: (id: string, modelUrl: string, report: Report) => call('borrow', [modelUrl], id, report),
    importFiles: (id: string, files: readonly LocalFile[], report: Report) => call('importFiles', [files], id, report),
    delete: (modelUrl: string) => call('delete', [modelUrl]),
    deleteAll: () => call('deleteAll', []),
    cancel: async (id: string) => running.get(id)?.abort(new DOMException('Stopped.', 'AbortError')),
  };
}
