/** Everything the page shows, as one value, and the pure function that turns an action into the next value. */
import type { LoadProgress, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, Phase } from '../../contract/chat.ts';
import type { WireError } from '../../contract/errors.ts';

/** A picture the person added. `url` is an object URL of `blob`, for `<img>` only. */
export interface Picture {
  blob: Blob;
  url: string;
  /** Pixels, EXIF orientation applied. */
  width: number;
  height: number;
}

export type ModelState =
  | { status: 'loading'; progress: LoadProgress | null }
  | { status: 'ready'; info: ModelInfo }
  | { status: 'failed'; error: WireError };

/** Where an answer stands: `queued` waits for the model or for the answer before it. */
export type AnswerStatus = 'queued' | 'streaming' | 'done' | 'stopped' | 'failed';

export type DoneEvent = Extract<ChatEvent, { type: 'done' }>;

export interface Answer {
  status: AnswerStatus;
  phase: Phase | null;
  text: string;
  done: DoneEvent | null;
  error: WireError | null;
}

/** One question and its answer. `pictures` holds what was added with this question; a follow-up has none. */
export interface Turn {
  id: number;
  question: string;
  pictures: readonly Picture[];
  answer: Answer;
}

export interface Draft {
  text: string;
  pictures: readonly Picture[];
  /** The turn that is being reworded, or null for a new question. */
  replaces: number | null;
}

export interface State {
  model: ModelState;
  draft: Draft;
  /** Pictures that are being checked and decoded right now. */
  reading: number;
  turns: readonly Turn[];
  /** What went wrong with the last thing the person did at the composer. */
  notice: WireError | null;
}

export type Action =
  | { type: 'model-loading' }
  | { type: 'model-progress'; progress: LoadProgress }
  | { type: 'model-ready'; info: ModelInfo }
  | { type: 'model-failed'; error: WireError }
  | { type: 'model-deleted' }
  | { type: 'draft-text'; text: string }
  | { type: 'picture-reading' }
  | { type: 'picture-read'; picture: Picture }
  | { type: 'picture-failed'; error: WireError }
  | { type: 'picture-removed' }
  | { type: 'notice'; error: WireError | null }
  | { type: 'asked'; id: number; question: string }
  | { type: 'answer-started'; id: number }
  | { type: 'answer-event'; id: number; event: ChatEvent }
  | { type: 'answer-failed'; id: number; error: WireError }
  | { type: 'stopped' }
  | { type: 'retried'; id: number }
  | { type: 'edited'; id: number }
  | { type: 'cleared' };

export const INITIAL_STATE: State = {
  model: { status: 'loading', progress: null },
  draft: { text: '', pictures: [], replaces: null },
  reading: 0,
  turns: [],
  notice: null,
};

const QUEUED: Answer = { status: 'queued', phase: null, text: '', done: null, error: null };

export function isPending(answer: Answer): boolean {
  return answer.status === 'queued' || answer.status === 'streaming';
}

/** True while any answer runs or waits: the time in which Stop is offered. */
export function isBusy(state: State): boolean {
  return state.turns.some((turn) => isPending(turn.answer));
}

/** The picture the next question is about: the draft's own, else the last one of the conversation. */
export function currentPicture(state: State): Picture | undefined {
  const added = state.draft.pictures.at(-1);
  return added ?? state.turns.findLast((turn) => turn.pictures.length > 0)?.pictures.at(-1);
}

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
  const turn: Turn = { id, question, pictures: draft.pictures, answer: QUEUED };
  const earlier = state.turns.filter((candidate) => candidate.id !== draft.replaces);
  const text = draft.text.trim() === question ? '' : draft.text;
  return { ...state, turns: [...earlier, turn], draft: { text, pictures: [], replaces: null }, notice: null };
}

/** Puts a question back into the box for rewording; it is replaced when asked again. What was typed meanwhile is kept. */
function afterEdit(state: State, id: number): State {
  const turn = state.turns.find((candidate) => candidate.id === id);
  if (turn === undefined || isPending(turn.answer) || state.draft.replaces === id) return state;
  const { text, pictures } = state.draft;
  return {
    ...state,
    draft: {
      text: text.trim() === '' ? turn.question : `${turn.question}\n${text}`,
      pictures: pictures.length > 0 ? pictures : turn.pictures,
      replaces: id,
    },
    notice: null,
  };
}

function afterTyping(state: State, text: string): State {
  const { draft, turns } = state;
  const edited = turns.find((turn) => turn.id === draft.replaces);
  if (edited === undefined || text !== '') return { ...state, draft: { ...draft, text }, notice: null };
  // Emptying the box gives the rewording up; the picture goes back to where it still stands.
  const pictures = draft.pictures.filter((picture) => !edited.pictures.includes(picture));
  return { ...state, draft: { text, pictures, replaces: null }, notice: null };
}

function afterPicture(state: State, action: Action): State {
  switch (action.type) {
    case 'picture-reading':
      return { ...state, reading: state.reading + 1, notice: null };
    case 'picture-read':
      return { ...state, reading: state.reading - 1, draft: { ...state.draft, pictures: [action.picture] } };
    case 'picture-failed':
      return { ...state, reading: state.reading - 1, notice: action.error };
    case 'picture-removed':
      return { ...state, draft: { ...state.draft, pictures: [] }, notice: null };
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
    case 'cleared':
      return { ...state, turns: [], notice: null };
    default:
      return afterPicture(state, action);
  }
}
