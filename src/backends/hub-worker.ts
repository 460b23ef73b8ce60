/** The page's worker for models of the hub; its code is fetched only when it is started. */
import { allowOwnWorkers } from './trusted-url.ts';
import type { WorkerLike } from './worker-client.ts';

export function startHubWorker(): WorkerLike {
  allowOwnWorkers();
  return new Worker(new URL('../../workers/hub.worker.ts', import.meta.url), { type: 'module' });
}
