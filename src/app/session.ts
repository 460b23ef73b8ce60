/** What a person does (ask, stop, add an image) → actions on the state and work for the backend. */
import type { Backend } from '../../contract/backend.ts';
import { AppError, toWire } from '../../contract/errors.ts';
import { createAnswering } from './answering.ts';
import { readAhead } from './read-ahead.ts';
import {
  type Conversation,
  currentImage,
  maxImages,
  tooManyImages,
  newConversation,
  type AttachedImage,
  type State,
  type Turn,
} from './state.ts';
import { createStore, type Store } from './store.ts';

/** Checks and decodes images; `release` frees what `read` made. */
export interface ImageReader {
  /** Throws `image-unsupported`, `image-broken` or `image-too-large`. */
  read: (blob: Blob) => Promise<AttachedImage>;
  /** An image that `read` made on an earlier visit. */
  restore: (kept: Omit<AttachedImage, 'url'>) => AttachedImage;
  release: (image: AttachedImage) => void;
}

export interface Session {
  /** For `useSyncExternalStore`. */
  subscribe: (listener: () => void) => () => void;
  getState: () => State;
  /** Loads the model, again after a failure. Questions may be asked before it has finished. */
  load: () => void;
  /** Deletes the stored model; the loaded one goes on working until the page is closed. */
  deleteModel: () => Promise<void>;
  /** From the next answer on; null for none. */
  chooseAdapter: (id: string | null) => void;
  setDraft: (text: string) => void;
  addImage: (blob: Blob) => Promise<void>;
  removeImage: (id: string) => void;
  /** One place towards the beginning. */
  moveImage: (id: string) => void;
  /** Asks `question`, or else what is in the draft. Resolves when the question stands in the conversation or was refused. */
  ask: (question?: string) => Promise<void>;
  stop: () => void;
  retry: (id: number) => void;
  edit: (id: number) => void;
  newConversation: (temporary?: boolean) => void;
  /** Shows a conversation that was kept; what is running in the present one is stopped. */
  openConversation: (conversation: Conversation, turns: readonly Omit<Turn, 'id'>[]) => void;
  rename: (title: string) => void;
  setNotice: (error: AppError | null) => void;
}

function shownImages({ draft, turns }: State): AttachedImage[] {
  return [...draft.images, ...turns.flatMap((turn) => turn.images)];
}

/** Why `question` can't be asked now, or null. */
function refusal(state: State, question: string): AppError | null {
  if (question === '') return new AppError('request-invalid', 'Type a question first.', { reason: 'noQuestion' });
  const max = maxImages(state);
  if (state.draft.images.length > max) return tooManyImages(max);
  if (currentImage(state) !== undefined) return null;
  return new AppError('request-invalid', 'Add a picture first.', { reason: 'noImage' });
}

interface Album {
  add: (blob: Blob) => Promise<void>;
  /** Settles when every image added so far was read or refused. */
  settled: () => Promise<void>;
  /** Runs `change` and frees the images that nothing shows any more afterwards. */
  releasing: (change: () => void) => void;
}

function createAlbum({ getState, dispatch }: Store, images: ImageReader): Album {
  let reads: Promise<void> = Promise.resolve();

  function releasing(change: () => void): void {
    const before = shownImages(getState());
    change();
    const kept = new Set(shownImages(getState()));
    for (const image of new Set(before)) if (!kept.has(image)) images.release(image);
  }
  async function read(blob: Blob): Promise<void> {
    try {
      const image = await images.read(blob);
      releasing(() => dispatch({ type: 'image-read', image }));
      if (!getState().draft.images.includes(image)) images.release(image);
    } catch (thrown) {
      dispatch({ type: 'image-failed', error: toWire(thrown) });
    }
  }
  return {
    add(blob) {
      dispatch({ type: 'image-reading' });
      // One after the other, so that they stand in the order in which they came.
      reads = reads.then(() => read(blob));
      return reads;
    },
    settled: () => reads,
    releasing,
  };
}

export function createSession(backend: Backend, images: ImageReader): Session {
  const store = createStore();
  const { getState, dispatch, subscribe } = store;
  const answering = createAnswering(store, backend);
  const album = createAlbum(store, images);
  readAhead(store, backend);
  let nextId = 1;
  let asking = false;

  async function ask(text: string): Promise<void> {
    const question = text.trim();
    if (asking) return;
    asking = true;
    await album.settled();
    asking = false;
    const refused = refusal(getState(), question);
    // An image that could not be read has already said why; "add an image" would hide that.
    if (refused !== null && getState().notice === null) dispatch({ type: 'notice', error: toWire(refused) });
    if (refused !== null) return;
    dispatch({ type: 'asked', id: nextId++, question });
    void answering.proceed();
  }

  function open(conversation: Conversation, kept: readonly Omit<Turn, 'id'>[]): void {
    answering.abort();
    const turns = kept.map((turn) => ({ ...turn, id: nextId++ }));
    album.releasing(() => dispatch({ type: 'opened', conversation, turns }));
  }

  return {
    subscribe,
    getState,
    load: () => void answering.load(),
    async deleteModel() {
      try {
        await backend.deleteStored();
        dispatch({ type: 'model-deleted' });
      } catch (thrown) {
        dispatch({ type: 'notice', error: toWire(thrown) });
      }
    },
    chooseAdapter: (adapter) => dispatch({ type: 'adapter-chosen', adapter }),
    setDraft: (text) => dispatch({ type: 'draft-text', text }),
    addImage: album.add,
    removeImage: (id) => album.releasing(() => dispatch({ type: 'image-removed', id })),
    moveImage: (id) => dispatch({ type: 'image-moved', id }),
    ask: (question) => ask(question ?? getState().draft.text),
    stop() {
      answering.abort();
      dispatch({ type: 'stopped' });
    },
    retry(id) {
      dispatch({ type: 'retried', id });
      if (getState().model.status === 'failed') void answering.load();
      void answering.proceed();
    },
    edit: (id) => album.releasing(() => dispatch({ type: 'edited', id })),
    newConversation: (temporary) => open(newConversation(temporary), []),
    openConversation: open,
    rename: (title) => dispatch({ type: 'renamed', title }),
    setNotice: (error) => dispatch({ type: 'notice', error: error && toWire(error) }),
  };
}
