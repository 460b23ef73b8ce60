/** Messages of the page → loading, answering, stopping; the inference worker's entry. */
import { expose, releaseProxy } from 'comlink';
import type { LoadProgress, ModelInfo } from '../contract/backend.ts';
import type { ChatEvent, ChatRequest } from '../contract/chat.ts';
import { AppError, settle } from '../contract/errors.ts';
import type { InferenceWorkerApi, LoadRequest } from '../contract/protocol.ts';
import { Queue } from './engine/queue.ts';
import { type LoadedModel, loadModel } from './model-loader.ts';
import { deleteModel } from './store/store.ts';
import { allowOwnScripts } from './trusted-scripts.ts';

/** How long the page may take to acknowledge the last event of a call before the call settles without it. */
const LAST_EVENT_MS = 1000;

allowOwnScripts();

/** Loads, answers and disposals, one at a time. */
const queue = new Queue();
const running = new Map<string, AbortController>();
let current: (LoadedModel & { key: string }) | null = null;
/** What was loaded last, to load it again when a device was lost under it. */
let wanted: LoadRequest | null = null;

/** Runs a task under an id that `cancel` knows, also while it waits for its turn. */
async function cancellable<T>(id: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    return await task(controller.signal);
  } finally {
    running.delete(id);
  }
}

/** Waits for its turn; gives it back afterwards. */
async function inTurn<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  const leave = await queue.enter(signal);
  try {
    return await task();
  } finally {
    leave();
  }
}

/**
 * A Comlink callback → a function that never throws and remembers its last call: events travel on a port of their own,
 * so the result of the call could overtake the last of them.
 */
function channel<T>(callback: (value: T) => unknown) {
  let last: Promise<unknown> = Promise.resolve();
  return {
    send(value: T): void {
      last = Promise.resolve(callback(value)).catch(() => {
        // The page no longer listens; the call itself goes on or is cancelled by id.
      });
    },
    async close(): Promise<void> {
      await Promise.race([last, new Promise((resolve) => setTimeout(resolve, LAST_EVENT_MS))]);
      (callback as { [releaseProxy]?: () => void })[releaseProxy]?.();
    },
  };
}

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

const cancelledBeforeStart: ChatEvent = {
  type: 'done',
  finish_reason: 'cancelled',
  usage: { prompt_tokens: 0, cached_tokens: 0, completion_tokens: 0 },
  timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
};

const api: InferenceWorkerApi = {
  load: async (id, request, onProgress) => {
    const progress = channel(onProgress);
    const result = await settle(() =>
      cancellable(id, (signal) => inTurn(signal, () => load(request, progress.send, signal))),
    );
    await progress.close();
    return result;
  },

  chat: async (id, request, onEvent) => {
    const events = channel(onEvent);
    const result = await settle(() =>
      cancellable(id, async (signal) => {
        try {
          await inTurn(signal, () => answer(request, events.send, signal));
        } catch (thrown) {
          // Stopped while it waited for its turn or for its model: that is an answer too, if an empty one.
          if (!signal.aborted) throw thrown;
          events.send(cancelledBeforeStart);
        }
        return null;
      }),
    );
    await events.close();
    return result;
  },

  cancel: async (id) => {
    running.get(id)?.abort(new DOMException('Stopped.', 'AbortError'));
  },

  deleteStored: (modelUrl) =>
    settle(async () => {
      await deleteModel(modelUrl);
      return null;
    }),

  dispose: () =>
    settle(async () => {
      wanted = null;
      for (const controller of running.values()) controller.abort(new DOMException('Stopped.', 'AbortError'));
      await queue.run(unload);
      return null;
    }),
};

expose(api);
