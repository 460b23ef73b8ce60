/** Messages of the page → loading, answering, stopping; the inference worker's entry. */
import { AppError, asAppError } from '../contract/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { aloneOnGpu } from './models/gpu-turn.ts';
import { oneModel } from './models/one-model.ts';
import { loadModel } from './models/load.ts';
import { deleteModel } from '../store/store.ts';
import { serve } from './serve.ts';
import { allowOwnScripts } from './trusted-scripts.ts';
import { workerApi } from './worker-api.ts';

allowOwnScripts();

const { load, model, dispose } = oneModel(loadModel, ({ engine }) => engine.dispose());

/** Whether this thread is of no use any more: its device is gone, or computes what is no number. */
function isUnusable(engine: Engine, { evidence }: AppError): boolean {
  return engine.parts.runtime.lost || evidence['reason'] === 'no-numbers';
}

/** Work of the engine, while no other tab computes on the GPU. */
async function work(signal: AbortSignal, task: (engine: Engine) => Promise<void>): Promise<void> {
  const { engine } = model();
  try {
    await aloneOnGpu(engine.parts.runtime.device, navigator.locks, signal, () => task(engine));
  } catch (thrown) {
    const error = asAppError(thrown);
    throw isUnusable(engine, error) ? new AppError('worker-lost', error.message, error.evidence, error) : error;
  }
}

serve(
  workerApi({
    load,
    chat: (request, send, signal, resume) =>
      work(signal, async (engine) => {
        for await (const event of engine.answer(request, signal, resume)) send(event);
      }),
    prepare: (next, signal) => work(signal, (engine) => engine.prepare(next, signal)),
    measure: (messages) => model().engine.measure(messages),
    deleteStored: deleteModel,
    dispose,
  }),
);
