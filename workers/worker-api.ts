/** A model that loads and answers → the calls of `contract/protocol.ts`, one at a time. */
import type { LoadProgress, ModelInfo } from '../contract/backend.ts';
import type { ChatEvent, ChatRequest, Message, NextQuestion } from '../contract/chat.ts';
import type { InferenceCalls, LoadRequest, Resume } from '../contract/protocol.ts';
import type { Handlers } from '../contract/wire.ts';
import { Queue } from '../engine/queue.ts';

/** What differs between workers. Never called while another of these calls runs, `measure` and `deleteStored` excepted. */
export interface WorkerModel {
  /** A second load of the same request is cheap; one of another replaces what is loaded. */
  load(request: LoadRequest, report: (progress: LoadProgress) => void, signal: AbortSignal): Promise<ModelInfo>;
  /**
   * Ends with a `done` event, also when `signal` is aborted. With `resume` it goes on behind what was shown; a model that
   * `startsOver` says everything again, and what was shown is cut off here.
   */
  chat(
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

const cancelledBeforeStart: ChatEvent = {
  type: 'done',
  finish_reason: 'cancelled',
  usage: { prompt_tokens: 0, cached_tokens: 0, completion_tokens: 0 },
  timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
};

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

export function workerApi(model: WorkerModel): Handlers<InferenceCalls> {
  /** Loads, answers and disposals, one at a time. */
  const queue = new Queue();
  let unloading = new AbortController();
  /** Ended by whoever called, or by `dispose`. */
  const endedBy = (caller: AbortSignal): AbortSignal => AbortSignal.any([caller, unloading.signal]);

  /** Waits for its turn; gives it back afterwards. */
  async function inTurn<T>(signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const leave = await queue.enter(signal);
    try {
      return await task(signal);
    } finally {
      leave();
    }
  }

  return {
    load: ({ send, signal }, request) => inTurn(endedBy(signal), (either) => model.load(request, send, either)),

    async chat({ send, signal: caller }, request, resume) {
      const signal = endedBy(caller);
      const tell = model.startsOver ? withoutShown(send, resume?.text_length ?? 0) : send;
      try {
        await inTurn(signal, () => model.chat(request, tell, signal, resume));
      } catch (thrown) {
        // Stopped while it waited for its turn or for its model: that is an answer too, if an empty one.
        if (!signal.aborted) throw thrown;
        send(cancelledBeforeStart);
      }
      return null;
    },

    prepare: ({ signal }, next) => inTurn(endedBy(signal), (either) => model.prepare(next, either).then(() => null)),
    measure: (_caller, messages) => model.measure(messages),
    deleteStored: (_caller, modelUrl) => model.deleteStored(modelUrl).then(() => null),

    async dispose() {
      unloading.abort(new DOMException('Stopped.', 'AbortError'));
      unloading = new AbortController();
      await queue.run(() => model.dispose());
      return null;
    },
  };
}
