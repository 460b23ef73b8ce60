/** Messages of the page → models of the hub, run by @huggingface/transformers; the hub worker's entry. */
import { expose } from 'comlink';
import type { LoadProgress, ModelInfo } from '../contract/backend.ts';
import type { ChatEvent, ChatRequest } from '../contract/chat.ts';
import { AppError, asAppError } from '../contract/errors.ts';
import type { LoadRequest } from '../contract/protocol.ts';
import { parseHubAddress } from './hub/address.ts';
import { answerWith } from './hub/answer.ts';
import { type LoadedHubModel, loadHubModel } from './hub/load.ts';
import { patchResize } from './hub/resize.ts';
import { deleteModel } from './store/store.ts';
import { allowOwnScripts } from './trusted-scripts.ts';
import { workerApi } from './worker-api.ts';

allowOwnScripts();
patchResize();

let current: (LoadedHubModel & { key: string }) | null = null;

async function unload(): Promise<void> {
  const loaded = current;
  current = null;
  await loaded?.speaker.loaded.model.dispose();
}

async function load(
  request: LoadRequest,
  report: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<ModelInfo> {
  const key = JSON.stringify([request.modelUrl, request.device ?? null, request.variant ?? null]);
  if (current?.key === key) return current.info;
  await unload();
  current = { ...(await loadHubModel(request, report, signal)), key };
  return current.info;
}

async function answer(request: ChatRequest, send: (event: ChatEvent) => void, signal: AbortSignal): Promise<void> {
  if (!current) throw new AppError('request-invalid', 'No model is loaded yet. Load one first.');
  try {
    await answerWith(current.speaker, request, send, signal);
  } catch (thrown) {
    const error = asAppError(thrown);
    // After what the runtime throws in mid-answer its sessions cannot be trusted, and the device may be gone.
    if (error.code === 'backend-failed') throw new AppError('worker-lost', error.message, error.evidence, error);
    throw error;
  }
}

expose(
  workerApi({
    load,
    answer,
    startsOver: true,
    deleteStored: (modelUrl) => deleteModel(parseHubAddress(modelUrl).url),
    dispose: unload,
  }),
);
