/** Everything the page shows, as one value. */
import type { LoadProgress, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, Phase } from '../../contract/chat.ts';
import { AppError, type WireError } from '../../contract/errors.ts';
import { newId } from '../../contract/new-id.ts';

/** An image the person added. `url` is an object URL of `blob`, for `<img>` only. */
export interface AttachedImage {
  /** Names it from the moment it is added: where it is kept, and to what answers. */
  id: string;
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

/** One question and its answer. `images` holds what was added with this question; a follow-up has none. */
export interface Turn {
  id: number;
  question: string;
  images: readonly AttachedImage[];
  answer: Answer;
}

/** What a conversation is called and whether it is kept. */
export interface Conversation {
  id: string;
  /** Given by the person; empty means that the first question stands for it. */
  title: string;
  /** Milliseconds since 1970. */
  created: number;
  /** Nothing of a temporary conversation is kept. */
  temporary: boolean;
}

export interface Draft {
  text: string;
  images: readonly AttachedImage[];
  /** The turn that is being reworded, or null for a new question. */
  replaces: number | null;
}

export interface State {
  model: ModelState;
  /** Id of the model's adapter that answers; null for none. */
  adapter: string | null;
  conversation: Conversation;
  draft: Draft;
  /** Images that are being checked and decoded right now. */
  reading: number;
  turns: readonly Turn[];
  /** What went wrong with the last thing the person did at the composer. */
  notice: WireError | null;
}

export function newConversation(temporary = false): Conversation {
  return { id: newId(), title: '', created: Date.now(), temporary };
}

/** The first screen, with a conversation that nothing was asked in yet. */
export const initialState = (): State => ({
  model: { status: 'loading', progress: null },
  adapter: null,
  conversation: newConversation(),
  draft: { text: '', images: [], replaces: null },
  reading: 0,
  turns: [],
  notice: null,
});

export function isPending(answer: Answer): boolean {
  return answer.status === 'queued' || answer.status === 'streaming';
}

/** True while any answer runs or waits: the time in which Stop is offered. */
export function isBusy(state: State): boolean {
  return state.turns.some((turn) => isPending(turn.answer));
}

/** So many fit the tray; a model may allow fewer. */
const TRAY = 8;

/** How many images one question may bring along. While no model is there, its own limit is not known yet. */
export function maxImages({ model }: State): number {
  return model.status === 'ready' ? Math.min(TRAY, model.info.max_images ?? TRAY) : TRAY;
}

export function tooManyImages(max: number): AppError {
  const message = `This model looks at ${max} pictures at a time. Remove some first.`;
  return new AppError('request-invalid', message, { reason: 'tooManyImages', max });
}

/** The adapter that was chosen, where the loaded model has it. */
export function usableAdapter({ model, adapter }: State): { id: string; name: string } | undefined {
  return model.status === 'ready' ? model.info.adapters?.find(({ id }) => id === adapter) : undefined;
}

/** The image the next question is about: the draft's own, else the last one of the conversation. */
export function currentImage(state: State): AttachedImage | undefined {
  const added = state.draft.images.at(-1);
  return added ?? state.turns.findLast((turn) => turn.images.length > 0)?.images.at(-1);
}

/** True when one state is the other but for the words and the step of answers: nothing around the conversation shows those. */
export function differsInWordsOnly(before: State, after: State): boolean {
  if (before === after) return true;
  const same = (Object.keys(after) as (keyof State)[]).every((key) => key === 'turns' || before[key] === after[key]);
  return (
    same &&
    before.turns.length === after.turns.length &&
    after.turns.every((turn, index) => {
      const other = before.turns[index];
      if (turn === other) return true;
      const { id, question, images, answer } = turn;
      return (
        id === other?.id &&
        question === other.question &&
        images === other.images &&
        answer.status === other.answer.status
      );
    })
  );
}
