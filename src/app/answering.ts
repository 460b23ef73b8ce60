/** Queued questions → answers in the store, one at a time and in order, as soon as the model is ready. */
import type { Backend } from '../../contract/backend.ts';
import { AppError, toWire } from '../../contract/errors.ts';
import { createTextPace, type TextPace } from './answer/text-pace.ts';
import { requestFor } from './request.ts';
import { maxImages, tooManyImages, usableAdapter } from './state.ts';
import type { Store } from './store.ts';

export interface Answering {
  /** Loads the model, again after a failure; then answers what waits. */
  load: () => Promise<void>;
  /** Answers queued turns until none is left. Does nothing while an answer runs or no model is ready. */
  proceed: () => Promise<void>;
  /** Ends the running answer, if any. */
  abort: () => void;
}

export function createAnswering({ getState, dispatch }: Store, backend: Backend): Answering {
  let loading = false;
  let running: { controller: AbortController; showAll: () => void } | null = null;

  async function load(): Promise<void> {
    if (loading) return;
    loading = true;
    dispatch({ type: 'model-loading' });
    try {
      const info = await backend.load({ onProgress: (progress) => dispatch({ type: 'model-progress', progress }) });
      dispatch({ type: 'model-ready', info });
    } catch (thrown) {
      dispatch({ type: 'model-failed', error: toWire(thrown) });
    } finally {
      loading = false;
    }
    await proceed();
  }

  async function receive(id: number, signal: AbortSignal, pace: TextPace): Promise<void> {
    const state = getState();
    const max = maxImages(state);
    // Images may have been chosen before it was known how many this model looks at.
    if ((state.turns.find((turn) => turn.id === id)?.images.length ?? 0) > max) throw tooManyImages(max);
    let ended = false;
    const adapter = usableAdapter(state);
    const request = { ...requestFor(state.turns, id), ...(adapter && { adapter: adapter.id }) };
    for await (const event of backend.chat(request, { signal })) {
      if (event.type === 'text') {
        pace.add(event.text);
        continue;
      }
      pace.flush();
      dispatch({ type: 'answer-event', id, event });
      ended ||= event.type === 'done';
    }
    if (!ended) throw new AppError('backend-failed', 'The answer broke off without a reason.');
  }

  async function proceed(): Promise<void> {
    const next = getState().turns.find((turn) => turn.answer.status === 'queued');
    if (next === undefined || running !== null || getState().model.status !== 'ready') return;
    const { id } = next;
    const controller = new AbortController();
    const pace = createTextPace((text) => dispatch({ type: 'answer-event', id, event: { type: 'text', text } }));
    running = { controller, showAll: pace.flush };
    dispatch({ type: 'answer-started', id });
    try {
      await receive(id, controller.signal, pace);
    } catch (thrown) {
      pace.flush();
      const error = toWire(thrown);
      dispatch({ type: 'answer-failed', id, error });
      // A dead worker takes the model with it: bring both back, so that Retry has something to ask.
      if (error.code === 'worker-lost') void load();
    } finally {
      running = null;
    }
    await proceed();
  }

  function abort(): void {
    running?.showAll();
    running?.controller.abort();
  }

  return { load, proceed, abort };
}
