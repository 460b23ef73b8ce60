/** A conversation on the page ↔ the plain record in which it is kept; images are kept beside it, by their id. */
import type { WireError } from '../../../contract/errors.ts';
import { isPending, type Answer, type Conversation, type DoneEvent, type AttachedImage, type Turn } from '../state.ts';

export interface ImageRecord {
  id: string;
  width: number;
  height: number;
}

export interface AnswerRecord {
  /** An answer that was under way when it was written down counts as stopped. */
  status: 'done' | 'stopped' | 'failed';
  text: string;
  done: DoneEvent | null;
  error: WireError | null;
}

export interface TurnRecord {
  question: string;
  /** The name that records and exported files have had from the first version on. */
  pictures: ImageRecord[];
  answer: AnswerRecord;
}

export interface ConversationRecord {
  version: 1;
  id: string;
  /** Given by the person; empty means that the first question stands for it. */
  title: string;
  /** Milliseconds since 1970. */
  created: number;
  updated: number;
  turns: TurnRecord[];
}

function answerRecord({ status, text, done, error }: Answer): AnswerRecord {
  return { status: status === 'done' || status === 'failed' ? status : 'stopped', text, done, error };
}

export function recordOf(conversation: Conversation, turns: readonly Turn[], updated: number): ConversationRecord {
  const { id, title, created } = conversation;
  return {
    version: 1,
    id,
    title,
    created,
    updated,
    turns: turns.map(({ question, images, answer }) => ({
      question,
      pictures: images.map((image) => ({ id: image.id, width: image.width, height: image.height })),
      answer: answerRecord(answer),
    })),
  };
}

/** Turns without ids of their own, as a session takes them; an image that is not there any more is left out. */
export function turnsOf(record: ConversationRecord, images: ReadonlyMap<string, AttachedImage>): Omit<Turn, 'id'>[] {
  return record.turns.map(({ question, pictures: own, answer }) => ({
    question,
    images: own.map(({ id }) => images.get(id)).filter((image) => image !== undefined),
    answer: { ...answer, phase: null },
  }));
}

/** What changes when a conversation is worth writing down anew: its title, its questions, how each answer stands. */
export function versionOf(conversation: Conversation, turns: readonly Turn[]): string {
  const steps = turns.map(({ id, question, answer }) => [
    id,
    question,
    answer.status,
    isPending(answer) ? 0 : answer.text.length,
  ]);
  return JSON.stringify([conversation.title, conversation.temporary, steps]);
}

/** Two records with the same text here say the same in the same words; their images may still differ in their bytes. */
export function contentOf({ title, created, turns }: ConversationRecord): string {
  const said = turns.map(({ question, pictures, answer: { status, text } }) => [
    question,
    pictures.map(({ width, height }) => [width, height]),
    status,
    text,
  ]);
  return JSON.stringify([title, created, said]);
}

/** What a conversation is called in lists; empty when nothing was asked. */
export function titleOf({ title, turns }: ConversationRecord): string {
  return title || (turns[0]?.question ?? '');
}

/** Whether `text` occurs in the title, a question or an answer, whatever the case. */
export function contains(record: ConversationRecord, text: string): boolean {
  const wanted = text.trim().toLocaleLowerCase();
  const texts = [record.title, ...record.turns.flatMap(({ question, answer }) => [question, answer.text])];
  return texts.some((candidate) => candidate.toLocaleLowerCase().includes(wanted));
}
