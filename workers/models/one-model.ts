/** A request for a model → that model, loaded once: the same request is cheap, another replaces what is loaded. */
import type { LoadProgress, ModelInfo } from '../../contract/backend.ts';
import { AppError } from '../../contract/errors.ts';
import type { LoadRequest } from '../../contract/protocol.ts';

type Load<T> = (
  request: LoadRequest,
  report: (progress: LoadProgress) => void,
  signal: AbortSignal,
) => Promise<T & { info: ModelInfo }>;

/** `open` loads a model, `close` frees it. Calls must not overlap. */
export function oneModel<T>(open: Load<T>, close: (model: T) => Promise<void>) {
  let current: { key: string; model: T & { info: ModelInfo } } | null = null;

  async function dispose(): Promise<void> {
    const loaded = current;
    current = null;
    if (loaded) await close(loaded.model);
  }

  async function load(...[request, report, signal]: Parameters<Load<T>>): Promise<ModelInfo> {
    const key = JSON.stringify([request.modelUrl, request.device ?? null, request.variant ?? null]);
    if (current?.key === key) return current.model.info;
    // Two models at once may not fit; the old one cannot be wanted any more.
    await dispose();
    current = { key, model: await open(request, report, signal) };
    return current.model.info;
  }

  /** Throws `request-invalid` when nothing is loaded. */
  function model(): T {
    if (!current) throw new AppError('request-invalid', 'No model is loaded yet. Load one first.');
    return current.model;
  }

  return { load, model, dispose };
}
