/** A conversation as clients send it → one that the engine answers: a user begins it, and every picture has a question. */
import type { Message, Part } from '../../../contract/chat.ts';

/** What a picture without words asks; models want a question. */
export const WORDLESS_QUESTION = 'Describe the picture.';

const hasWords = (part: Part): boolean => part.type === 'text' && part.text.trim() !== '';

/** Messages of the user in a row are one question; when they only show pictures, the last of them gets words. */
function withWords(question: readonly Message[]): Message[] {
  const parts = question.flatMap(({ role, content }) => (role === 'user' ? content : []));
  const last = question.findLastIndex(({ role }) => role === 'user');
  if (!parts.some(({ type }) => type === 'image') || parts.some(hasWords)) return [...question];
  const words: Part = { type: 'text', text: WORDLESS_QUESTION };
  return question.map((message, i) => (i === last ? { ...message, content: [...message.content, words] } : message));
}

/**
 * The same conversation; a greeting by the assistant follows a user who said nothing, as chat programs begin, and pictures
 * without words are asked about with `WORDLESS_QUESTION`, also in earlier turns, so that each stays as it was answered.
 */
export function answerable(messages: readonly Message[]): Message[] {
  const result: Message[] = [];
  let question: Message[] = [];
  for (const message of messages) {
    if (message.role !== 'assistant') {
      question.push(message);
      continue;
    }
    const begun = [...result, ...question].some(({ role }) => role === 'user');
    result.push(...withWords(question), ...(begun ? [] : [{ role: 'user', content: [] } satisfies Message]), message);
    question = [];
  }
  return [...result, ...withWords(question)];
}
