/** Messages of the page → loading, answering, stopping; the inference worker's entry. */
import { expose } from 'comlink';
import type { LoadProgress, ModelInfo } from '../contract/backend.ts';
import type { ChatEvent, ChatRequest } from '../contract/chat.ts';
import { AppError } from '../contract/errors.ts';
import type { LoadRequest } from '../contract/protocol.ts';
import { type LoadedModel, loadModel } from './model-loader.ts';
import { deleteModel } from './store/store.ts';
import { allowOwnScripts } from './trusted-scripts.ts';
import { workerApi } from './worker-api.ts';

allowOwnScripts();

let current: (LoadedModel & { key: string }) | null = null;
/** What was loaded last, to load it again when a device was lost under it. */
let wanted: LoadRequest | null = null;

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
  wanted = request;
  return current.info;
}

/** One answer in its turn. A model that lost its device is let go afterwards and loaded anew by the next question. */
async function answer(request: ChatRequest, send: (event: ChatEvent) => void, signal: AbortSignal): Promise<void> {
  if (!current && wanted) await load(wanted, () => {}, signal);
  if (!current) throw new AppError('request-invalid', 'No model is loaded yet. Load one first.');
  const { engine } = current;
  try {
    for await (const event of engine.answer(request, signal)) send(event);
  } finally {
    if (engine.parts.runtime.lost) await unload();
  }
}

expose(
  workerApi({
    load,
    answer,
    deleteStored: deleteModel,
    async dispose() {
      wanted = null;
      await unload();
    },
  }),
);
