/** A model that loads and answers → the methods of `contract/protocol.ts`: one call at a time, each cancellable by its id. */
import { releaseProxy } from 'comlink';
import type { LoadProgress, ModelInfo } from '../contract/backend.ts';
import type { ChatEvent, ChatRequest, Message, NextQuestion } from '../contract/chat.ts';
import { settle } from '../contract/errors.ts';
import type { InferenceWorkerApi, LoadRequest, Resume } from '../contract/protocol.ts';
import { Queue } from '../engine/queue.ts';

/** What differs between workers. Never called while another of these calls runs, `deleteStored` excepted. */
export interface WorkerModel {
  /** A second load of the same request is cheap; one of another replaces what is loaded. */
  load(request: LoadRequest, report: (progress: LoadProgress) => void, signal: AbortSignal): Promise<ModelInfo>;
  /**
   * Ends with a `done` event, also when `signal` is aborted. With `resume` it goes on behind what was shown; a model that
   * `startsOver` says everything again, and what was shown is cut off here.
   */
  answer(
    request: ChatRequest,
    send: (event: ChatEvent) => void,
    signal: AbortSignal,
    resume: Resume | undefined,
  ): Promise<void>;
  startsOver?: boolean;
  /** What an answer needs before its question is known. */
  prepare(next: NextQuestion, signal: AbortSignal): Promise<void>;
  /** Tokens that these messages fill. Throws when nothing is loaded, or when it cannot be said. */
  measure(messages: Message[]): number;
  deleteStored(modelUrl: string): Promise<void>;
  /** Frees everything; an answer is possible again after a load. */
  dispose(): Promise<void>;
}

/** How long the page may take to acknowledge the last event of a call before the call settles without it. */
const LAST_EVENT_MS = 1000;

const cancelledBeforeStart: ChatEvent = {
  type: 'done',
  finish_reason: 'cancelled',
  usage: { prompt_tokens: 0, cached_tokens: 0, completion_tokens: 0 },
  timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
};

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

/** Takes a lock for ever; the browser gives it back when this thread ends, in whatever way. */
function hold(name: string): Promise<void> {
  return new Promise((held, refused) => {
    navigator.locks.request(name, () => new Promise<void>(() => held())).catch(refused);
  });
}

/** Drops the first `length` characters of an answer. */
function withoutShown(send: (event: ChatEvent) => void, length: number): (event: ChatEvent) => void {
  let left = length;
  return (event) => {
    if (event.type !== 'text') return send(event);
    const text = event.text.slice(left);
    left -= event.text.length - text.length;
    if (text !== '') send({ ...event, text });
  };
}

export function workerApi(model: WorkerModel): InferenceWorkerApi {
  /** Loads, answers and disposals, one at a time. */
  const queue = new Queue();
  const running = new Map<string, AbortController>();

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

  async function answer(
    request: ChatRequest,
    send: (event: ChatEvent) => void,
    signal: AbortSignal,
    resume: Resume | undefined,
  ): Promise<null> {
    const tell = model.startsOver ? withoutShown(send, resume?.text_length ?? 0) : send;
    try {
      await inTurn(signal, () => model.answer(request, tell, signal, resume));
    } catch (thrown) {
      // Stopped while it waited for its turn or for its model: that is an answer too, if an empty one.
      if (!signal.aborted) throw thrown;
      send(cancelledBeforeStart);
    }
    return null;
  }

  return {
    load: async (id, request, onProgress) => {
      const progress = channel(onProgress);
      const result = await settle(() =>
        cancellable(id, (signal) => inTurn(signal, () => model.load(request, progress.send, signal))),
      );
      await progress.close();
      return result;
    },

    chat: async (id, request, onEvent, resume) => {
      const events = channel(onEvent);
      const result = await settle(() => cancellable(id, (signal) => answer(request, events.send, signal, resume)));
      await events.close();
      return result;
    },

    cancel: async (id) => {
      running.get(id)?.abort(new DOMException('Stopped.', 'AbortError'));
    },

    prepare: (id, next) =>
      settle(() => cancellable(id, (signal) => inTurn(signal, () => model.prepare(next, signal).then(() => null)))),

    hold,
    measure: (messages) => settle(async () => model.measure(messages)),

    deleteStored: (modelUrl) => settle(() => model.deleteStored(modelUrl).then(() => null)),

    dispose: () =>
      settle(async () => {
        for (const controller of running.values()) controller.abort(new DOMException('Stopped.', 'AbortError'));
        await queue.run(() => model.dispose());
        return null;
      }),
  };
}
