/** What a person does (ask, stop, add a picture) → calls of the backend and actions on the state, one answer at a time. */
import type { Backend } from '../../contract/backend.ts';
import { AppError, asAppError, toWire } from '../../contract/errors.ts';
import { requestFor } from './request.ts';
import { type Action, currentPicture, INITIAL_STATE, type Picture, reduce, type State } from './state.ts';

/** Checks and decodes pictures; `release` frees what `read` made. */
export interface PictureReader {
  /** Throws `image-unsupported`, `image-broken` or `image-too-large`. */
  read(blob: Blob): Promise<Picture>;
  release(picture: Picture): void;
}

export interface Session {
  /** For `useSyncExternalStore`. */
  subscribe(listener: () => void): () => void;
  getState(): State;
  /** Loads the model, again after a failure. Questions may be asked before it has finished. */
  load(): void;
  setDraft(text: string): void;
  addPicture(blob: Blob): Promise<void>;
  removePicture(): void;
  /** Asks `question`, or else what is in the draft. Resolves when the question stands in the conversation or was refused. */
  ask(question?: string): Promise<void>;
  stop(): void;
  retry(id: number): void;
  edit(id: number): void;
  newConversation(): void;
  setNotice(error: AppError | null): void;
}

export function createSession(backend: Backend, pictures: PictureReader): Session {
  let state = INITIAL_STATE;
  const listeners = new Set<() => void>();
  let loading = false;
  let running: AbortController | null = null;
  let nextId = 1;
  let reads: Promise<void> = Promise.resolve();
  let asking = false;

  function dispatch(action: Action): void {
    const next = reduce(state, action);
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  }

  /** Frees the object URLs of pictures that no part of `state` shows any more. */
  function releaseUnused(before: State): void {
    const shown = (from: State) => [...from.draft.pictures, ...from.turns.flatMap((turn) => turn.pictures)];
    const kept = new Set(shown(state));
    for (const picture of shown(before)) if (!kept.has(picture)) pictures.release(picture);
  }

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
    void answerNext();
  }

  async function answer(id: number, signal: AbortSignal): Promise<void> {
    let ended = false;
    for await (const event of backend.chat(requestFor(state.turns, id), { signal })) {
      dispatch({ type: 'answer-event', id, event });
      ended ||= event.type === 'done';
    }
    if (!ended) throw new AppError('backend-failed', 'The answer broke off without a reason.');
  }

  async function answerNext(): Promise<void> {
    const next = state.turns.find((turn) => turn.answer.status === 'queued');
    if (next === undefined || running !== null || state.model.status !== 'ready') return;
    running = new AbortController();
    dispatch({ type: 'answer-started', id: next.id });
    try {
      await answer(next.id, running.signal);
    } catch (thrown) {
      const error = toWire(thrown);
      dispatch({ type: 'answer-failed', id: next.id, error });
      // A dead worker takes the model with it: bring both back, so that Retry has something to ask.
      if (error.code === 'worker-lost') void load();
    } finally {
      running = null;
    }
    void answerNext();
  }

  async function readInto(blob: Blob): Promise<void> {
    try {
      const picture = await pictures.read(blob);
      const before = state;
      dispatch({ type: 'picture-read', picture });
      releaseUnused(before);
    } catch (thrown) {
      dispatch({ type: 'picture-failed', error: toWire(thrown) });
    }
  }

  /** Why `question` can't be asked now, or null. */
  function refusal(question: string): AppError | null {
    if (question === '') return new AppError('request-invalid', 'Type a question first.');
    if (currentPicture(state) !== undefined) return null;
    return new AppError('request-invalid', 'Add a picture first; your question is kept.');
  }

  async function ask(text: string): Promise<void> {
    const question = text.trim();
    if (asking) return;
    asking = true;
    try {
      await reads;
    } finally {
      asking = false;
    }
    const refused = refusal(question);
    // A picture that could not be read has already said why; "add a picture" would hide that.
    if (refused !== null && state.notice === null) dispatch({ type: 'notice', error: toWire(refused) });
    if (refused !== null) return;
    dispatch({ type: 'asked', id: nextId++, question });
    void answerNext();
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getState: () => state,
    load: () => void load(),
    setDraft: (text) => dispatch({ type: 'draft-text', text }),
    addPicture(blob) {
      dispatch({ type: 'picture-reading' });
      // One after the other, so that the picture added last is the one that stays.
      reads = reads.then(() => readInto(blob));
      return reads;
    },
    removePicture() {
      const before = state;
      dispatch({ type: 'picture-removed' });
      releaseUnused(before);
    },
    ask: (question) => ask(question ?? state.draft.text),
    stop() {
      running?.abort();
      dispatch({ type: 'stopped' });
    },
    retry(id) {
      dispatch({ type: 'retried', id });
      if (state.model.status === 'failed') void load();
      void answerNext();
    },
    edit: (id) => dispatch({ type: 'edited', id }),
    newConversation() {
      running?.abort();
      const before = state;
      dispatch({ type: 'cleared' });
      releaseUnused(before);
    },
    setNotice: (error) => dispatch({ type: 'notice', error: error && toWire(asAppError(error)) }),
  };
}
