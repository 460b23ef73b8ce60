/** An action → the next state: the pure function behind everything that happens on the page. */
import type { LoadProgress, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent } from '../../contract/chat.ts';
import { toWire, type WireError } from '../../contract/errors.ts';
import {
  type Answer,
  type Conversation,
  type Draft,
  isPending,
  maxImages,
  type AttachedImage,
  type State,
  tooManyImages,
  type Turn,
} from './state.ts';

export type Action =
  | { type: 'model-loading' }
  | { type: 'model-progress'; progress: LoadProgress }
  | { type: 'model-ready'; info: ModelInfo }
  | { type: 'model-failed'; error: WireError }
  | { type: 'model-deleted' }
  | { type: 'adapter-chosen'; adapter: string | null }
  | { type: 'draft-text'; text: string }
  | { type: 'image-reading' }
  | { type: 'image-read'; image: AttachedImage }
  | { type: 'image-failed'; error: WireError }
  | { type: 'image-removed'; id: string }
  | { type: 'image-moved'; id: string }
  | { type: 'notice'; error: WireError | null }
  | { type: 'asked'; id: number; question: string }
  | { type: 'answer-started'; id: number }
  | { type: 'answer-event'; id: number; event: ChatEvent }
  | { type: 'answer-failed'; id: number; error: WireError }
  | { type: 'stopped' }
  | { type: 'retried'; id: number }
  | { type: 'edited'; id: number }
  | { type: 'opened'; conversation: Conversation; turns: readonly Turn[] }
  | { type: 'renamed'; title: string };

const QUEUED: Answer = { status: 'queued', phase: null, text: '', done: null, error: null };

function withAnswer(state: State, id: number, change: (answer: Answer) => Answer): State {
  return {
    ...state,
    turns: state.turns.map((turn) => {
      if (turn.id !== id) return turn;
      const answer = change(turn.answer);
      return answer === turn.answer ? turn : { ...turn, answer };
    }),
  };
}

function afterEvent(answer: Answer, event: ChatEvent): Answer {
  // After Stop the answer is frozen for the reader; only the figures of the closing event are still of use.
  if (answer.status !== 'streaming') {
    return answer.status === 'stopped' && event.type === 'done' ? { ...answer, done: event } : answer;
  }
  switch (event.type) {
    case 'phase':
      return { ...answer, phase: event.phase };
    case 'text':
      return { ...answer, text: answer.text + event.text };
    case 'done':
      return { ...answer, status: event.finish_reason === 'cancelled' ? 'stopped' : 'done', phase: null, done: event };
  }
}

function afterError(answer: Answer, error: WireError): Answer {
  if (!isPending(answer)) return answer;
  if (error.code === 'cancelled') return { ...answer, status: 'stopped', phase: null };
  return { ...answer, status: 'failed', phase: null, error };
}

function afterAsk(state: State, id: number, question: string): State {
  const { draft } = state;
  const turn: Turn = { id, question, images: draft.images, answer: QUEUED };
  const earlier = state.turns.filter((candidate) => candidate.id !== draft.replaces);
  const text = draft.text.trim() === question ? '' : draft.text;
  return { ...state, turns: [...earlier, turn], draft: { text, images: [], replaces: null }, notice: null };
}

/** Puts a question back into the box for rewording; it is replaced when asked again. What was typed meanwhile is kept. */
function afterEdit(state: State, id: number): State {
  const turn = state.turns.find((candidate) => candidate.id === id);
  if (turn === undefined || isPending(turn.answer) || state.draft.replaces === id) return state;
  const { text, images } = state.draft;
  return {
    ...state,
    draft: {
      text: text.trim() === '' ? turn.question : `${turn.question}\n${text}`,
      images: images.length > 0 ? images : turn.images,
      replaces: id,
    },
    notice: null,
  };
}

function afterTyping(state: State, text: string): State {
  const { draft, turns } = state;
  const edited = turns.find((turn) => turn.id === draft.replaces);
  if (edited === undefined || text !== '') return { ...state, draft: { ...draft, text }, notice: null };
  // Emptying the box gives the rewording up; the image goes back to where it still stands.
  const images = draft.images.filter((image) => !edited.images.includes(image));
  return { ...state, draft: { text, images, replaces: null }, notice: null };
}

/** A model that looks at one image gets the new one instead of the old; one that looks at several has a limit. */
function withImage(state: State, image: AttachedImage): State {
  const { draft } = state;
  const max = maxImages(state);
  if (max > 1 && draft.images.length >= max) {
    return { ...state, notice: toWire(tooManyImages(max)) };
  }
  return { ...state, draft: { ...draft, images: max === 1 ? [image] : [...draft.images, image] } };
}

/** The image changes places with the one before it. */
function moved(images: readonly AttachedImage[], id: string): readonly AttachedImage[] {
  const at = images.findIndex((image) => image.id === id);
  const [before, image] = [images[at - 1], images[at]];
  if (before === undefined || image === undefined) return images;
  return images.with(at - 1, image).with(at, before);
}

function afterImage(state: State, action: Action): State {
  const withImages = (images: Draft['images']): State => ({
    ...state,
    draft: { ...state.draft, images },
    notice: null,
  });
  const { images } = state.draft;
  switch (action.type) {
    case 'image-reading':
      return { ...state, reading: state.reading + 1, notice: null };
    case 'image-read':
      return withImage({ ...state, reading: state.reading - 1 }, action.image);
    case 'image-failed':
      return { ...state, reading: state.reading - 1, notice: action.error };
    case 'image-removed':
      return withImages(images.filter(({ id }) => id !== action.id));
    case 'image-moved':
      return withImages(moved(images, action.id));
    default:
      return state;
  }
}

/** The next state. Unknown turn ids change nothing, so late events of a cleared conversation are harmless. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'model-loading':
      return { ...state, model: { status: 'loading', progress: null } };
    case 'model-progress':
      return state.model.status === 'loading'
        ? { ...state, model: { status: 'loading', progress: action.progress } }
        : state;
    case 'model-ready':
      return { ...state, model: { status: 'ready', info: action.info } };
    case 'model-deleted':
      return state.model.status === 'ready'
        ? { ...state, model: { status: 'ready', info: { ...state.model.info, stored: false } } }
        : state;
    case 'adapter-chosen':
      return { ...state, adapter: action.adapter };
    case 'model-failed':
      return { ...state, model: { status: 'failed', error: action.error } };
    case 'draft-text':
      return afterTyping(state, action.text);
    case 'notice':
      return { ...state, notice: action.error };
    case 'asked':
      return afterAsk(state, action.id, action.question);
    case 'answer-started':
      return withAnswer(state, action.id, (answer) => ({ ...answer, status: 'streaming' }));
    case 'answer-event':
      return withAnswer(state, action.id, (answer) => afterEvent(answer, action.event));
    case 'answer-failed':
      return withAnswer(state, action.id, (answer) => afterError(answer, action.error));
    case 'stopped':
      return {
        ...state,
        turns: state.turns.map((turn) =>
          isPending(turn.answer) ? { ...turn, answer: { ...turn.answer, status: 'stopped', phase: null } } : turn,
        ),
      };
    case 'retried':
      return withAnswer(state, action.id, (answer) => (isPending(answer) ? answer : QUEUED));
    case 'edited':
      return afterEdit(state, action.id);
    case 'opened':
      // What is being typed stays; a question that was being reworded is asked anew.
      return {
        ...state,
        conversation: action.conversation,
        turns: action.turns,
        draft: { ...state.draft, replaces: null },
        notice: null,
      };
    case 'renamed':
      return { ...state, conversation: { ...state.conversation, title: action.title } };
    default:
      return afterImage(state, action);
  }
}
