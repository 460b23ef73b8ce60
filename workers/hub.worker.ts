/** Messages of the page → models of the hub, run by @huggingface/transformers; the hub worker's entry. */
import type { ChatEvent, ChatRequest } from '../contract/chat.ts';
import { AppError, asAppError } from '../contract/errors.ts';
import { parseHubAddress } from '../files/hub/address.ts';
import { answerWith } from '../hub/answer.ts';
import { loadHubModel } from '../hub/load.ts';
import { patchResize } from '../hub/resize.ts';
import { oneModel } from './models/one-model.ts';
import { deleteModel } from '../store/store.ts';
import { serve } from './serve.ts';
import { allowOwnScripts } from './trusted-scripts.ts';
import { workerApi } from './worker-api.ts';

allowOwnScripts();
patchResize();

const { load, model, dispose } = oneModel(loadHubModel, async ({ ready }) => {
  await ready.loaded.model.dispose();
});

async function chat(request: ChatRequest, send: (event: ChatEvent) => void, signal: AbortSignal): Promise<void> {
  const { ready } = model();
  try {
    await answerWith(ready, request, send, signal);
  } catch (thrown) {
    const error = asAppError(thrown);
    // After what the runtime throws in mid-answer its sessions cannot be trusted, and the device may be gone.
    if (error.code === 'backend-failed') throw new AppError('worker-lost', error.message, error.evidence, error);
    throw error;
  }
}

serve(
  workerApi({
    load,
    chat,
    startsOver: true,
    prepare: async () => {}, // transformers.js keeps nothing between answers that could be there before one
    measure() {
      throw new AppError('request-invalid', 'This model cannot say how many tokens something takes.');
    },
    deleteStored: (modelUrl) => deleteModel(parseHubAddress(modelUrl).url),
    dispose,
  }),
);
