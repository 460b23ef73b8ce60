/** Messages of the page → loading, answering, stopping; the inference worker's entry. */
import { expose } from 'comlink';
import type { LoadProgress, ModelInfo } from '../contract/backend.ts';
import type { ChatEvent, ChatRequest } from '../contract/chat.ts';
import { AppError, asAppError } from '../contract/errors.ts';
import type { LoadRequest, Resume } from '../contract/protocol.ts';
import type { Engine } from './engine/engine.ts';
import { type LoadedModel, loadModel } from './model-loader.ts';
import { deleteModel } from './store/store.ts';
import { allowOwnScripts } from './trusted-scripts.ts';
import { workerApi } from './worker-api.ts';

allowOwnScripts();

let current: (LoadedModel & { key: string }) | null = null;

async function unload(): Promise<void> {
  const loaded = current;
  current = null;
  await loaded?.engine.dispose();
}

async function load(
  request: LoadRequest,
  report: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<ModelInfo> {
  const key = JSON.stringify([request.modelUrl, request.device ?? null, request.variant ?? null]);
  if (current?.key === key) return current.info;
  // Two models at once may not fit; the old one cannot be wanted any more.
  await unload();
  current = { ...(await loadModel(request, report, signal)), key };
  return current.info;
}

/** Whether this thread is of no use any more: its device is gone, or computes what is no number. */
function isUnusable(engine: Engine, { evidence }: AppError): boolean {
  return engine.parts.runtime.lost || evidence['reason'] === 'no-numbers';
}

/** Waits until no other tab computes on the graphics processor, which would slow both down and may exhaust its memory. */
function politely<T>({ parts }: Engine, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  if (parts.runtime.device !== 'webgpu' || !navigator.locks) return task();
  return navigator.locks.request('graphics-processor', { signal }, task);
}

/** One answer in its turn. */
async function answer(
  request: ChatRequest,
  send: (event: ChatEvent) => void,
  signal: AbortSignal,
  resume: Resume | undefined,
): Promise<void> {
  if (!current) throw new AppError('request-invalid', 'No model is loaded yet. Load one first.');
  const { engine } = current;
  try {
    await politely(engine, signal, async () => {
      for await (const event of engine.answer(request, signal, resume)) send(event);
    });
  } catch (thrown) {
    const error = asAppError(thrown);
    throw isUnusable(engine, error) ? new AppError('worker-lost', error.message, error.evidence, error) : error;
  }
}

expose(
  workerApi({
    load,
    answer,
    deleteStored: deleteModel,
    dispose: unload,
  }),
);
