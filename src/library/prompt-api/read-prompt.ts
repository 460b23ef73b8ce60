/** What a caller prompts with → checked messages; "validate and canonicalize a prompt" of the specification. */
import type { Message, Part } from '../../../contract/chat.ts';
import { notSupported } from './errors.ts';
import { isImage, toBlob } from './image.ts';
import type { LanguageModelMessageContent, LanguageModelMessageRole } from './types.ts';

const ROLES: readonly unknown[] = ['system', 'user', 'assistant'] satisfies LanguageModelMessageRole[];

function readPart(content: unknown, role: Message['role'], images: boolean): () => Promise<Part> {
  const { type, value } = Object(content) as Partial<LanguageModelMessageContent>;
  if (role === 'assistant' && type !== 'text') throw notSupported('The assistant says nothing but text.');
  if (type === 'text') {
    if (typeof value !== 'string') throw new TypeError('The value of a text has to be a string.');
    return async () => ({ type, text: value });
  }
  if (type === 'image') {
    if (!images) throw notSupported("Pictures have to be announced: expectedInputs: [{ type: 'image' }].");
    if (role !== 'user') throw notSupported('Only the user can show pictures.');
    if (!isImage(value)) throw new TypeError('The value of an image has to be a picture or its bytes.');
    return async () => ({ type, image: await toBlob(value) });
  }
  if (type === 'audio' || type === 'tool-call' || type === 'tool-response')
    throw notSupported(`This model knows no content of type ${type}.`);
  throw new TypeError(`There is no content of type ${String(type)}.`);
}

/** Texts that follow each other are one, with nothing between them. */
function joined(parts: Part[]): Part[] {
  const list: Part[] = [];
  for (const part of parts) {
    const last = list.at(-1);
    if (part.type === 'text' && last?.type === 'text') last.text += part.text;
    else list.push({ ...part });
  }
  return list;
}

/**
 * Throws what the specification throws: TypeError, or a DOMException. All is checked before the first image is read.
 * @param images whether images were announced
 * @param hasInput whether something was said before, after which no system message may come
 */
export async function readPrompt(input: unknown, images: boolean, hasInput: boolean): Promise<Message[]> {
  if (typeof input === 'string') return [{ role: 'user', content: [{ type: 'text', text: input }] }];
  if (typeof Object(input)[Symbol.iterator] !== 'function')
    throw new TypeError('A prompt is a string or a list of messages.');
  const list = [...(input as Iterable<unknown>)];
  if (list.length === 0) return [{ role: 'user', content: [{ type: 'text', text: '' }] }];
  const messages = list.map((entry, i) => {
    const { role, content, prefix = false } = Object(entry) as { role?: unknown; content?: unknown; prefix?: unknown };
    if (!ROLES.includes(role)) throw new TypeError('The role of a message is system, user or assistant.');
    const known = role as Message['role'];
    if (prefix && (known !== 'assistant' || i !== list.length - 1))
      throw new DOMException('Only the last message, and only of the assistant, can be a prefix.', 'SyntaxError');
    if (prefix) throw notSupported('This model cannot begin an answer with given words.');
    if (known === 'system' && (hasInput || i > 0))
      throw new TypeError('A system message can only be the first of all.');
    const contents: unknown[] = typeof content === 'string' ? [{ type: 'text', value: content }] : [...(content as [])];
    if (contents.length === 0) contents.push({ type: 'text', value: '' });
    return { role: known, parts: contents.map((part) => readPart(part, known, images)) };
  });
  return Promise.all(
    messages.map(async ({ role, parts }) => ({
      role,
      content: joined(await Promise.all(parts.map((read) => read()))),
    })),
  );
}
