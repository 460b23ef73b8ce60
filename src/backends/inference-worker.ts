/** The page's own inference worker, started the way bundlers recognise. */
import { allowOwnWorkers } from './trusted-url.ts';
import type { WorkerLike } from './worker-client.ts';

export function startInferenceWorker(): WorkerLike {
  allowOwnWorkers();
  return new Worker(new URL('../../workers/inference.worker.ts', import.meta.url), { type: 'module' });
}
