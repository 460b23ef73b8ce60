/** A conversation with images → the prompt text of a hub model, by its own chat template, and its images in order. */
import type { ImagePart, Message } from '../contract/chat.ts';
import { AppError } from '../contract/errors.ts';

/** A message in the form in which chat templates of models that see images take it. */
interface TemplateMessage {
  role: string;
  content: string | ({ type: 'image' } | { type: 'text'; text: string })[];
}

export interface Template {
  /** Renders messages with the model's chat template; null when the model has none. */
  render: ((messages: TemplateMessage[]) => string) | null;
  /** What stands for an image in a prompt. */
  imageToken: string;
  /** Texts that have a meaning of their own to the model, which a person's words must not have. */
  specialTokens: readonly string[];
}

export interface Prompt {
  text: string;
  images: ImagePart[];
}

/** What a model without a chat template was most likely trained on: the first LLaVA's form. */
function plainPrompt(messages: readonly TemplateMessage[]): string {
  const turns = messages.map(({ role, content }) => {
    const text = typeof content === 'string' ? content : '';
    if (role === 'system') return text;
    return role === 'user' ? `USER: ${text}` : `ASSISTANT: ${text}`;
  });
  return `${turns.join(' ')} ASSISTANT:`;
}

/** `text` with a space inside every special token, so that it is read as ordinary characters. */
function defused(text: string, specialTokens: readonly string[]): string {
  let safe = text;
  for (const token of specialTokens) {
    if (token.trim().length > 1) safe = safe.replaceAll(token, `${token[0]} ${token.slice(1)}`);
  }
  return safe;
}

function wordsOf({ content }: Message): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** Throws `request-invalid` for a conversation that does not end with a question. */
function checked(messages: readonly Message[]): void {
  const last = messages.at(-1);
  if (last?.role !== 'user' || last.content.length === 0)
    throw new AppError('request-invalid', 'The conversation must end with a question.');
}

/**
 * Templates take content as a list of parts or as a text with tokens for images, and say nowhere which. The list is tried
 * first; it is right when the question is in the prompt and the images make a difference to it.
 */
export function buildPrompt(messages: readonly Message[], { render, imageToken, specialTokens }: Template): Prompt {
  checked(messages);
  const images = messages.flatMap(({ content }) => content.filter((part) => part.type === 'image'));
  const safe = (message: Message): string => defused(wordsOf(message), specialTokens);
  const parts = (images: boolean): TemplateMessage[] =>
    messages.map((message) => ({
      role: message.role,
      content: [
        ...(images
          ? message.content.filter(({ type }) => type === 'image').map(() => ({ type: 'image' as const }))
          : []),
        { type: 'text', text: safe(message) },
      ],
    }));
  const texts = (): TemplateMessage[] =>
    messages.map((message) => {
      const count = message.content.filter(({ type }) => type === 'image').length;
      return { role: message.role, content: `${imageToken}\n`.repeat(count) + safe(message) };
    });
  if (!render) return { text: plainPrompt(texts()), images };
  const question = safe(messages.at(-1) as Message).trim();
  try {
    const text = render(parts(true));
    const seen = images.length === 0 || text !== render(parts(false));
    if (seen && text.includes(question)) return { text, images };
  } catch {
    // A template that adds its content to a text cannot take a list; it gets texts.
  }
  try {
    return { text: render(texts()), images };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError('request-invalid', `The model's chat template refuses this conversation: ${reason}`, {}, thrown);
  }
}

/**
 * The conversation without its oldest question and answer; its images move to the question after it, so that none is
 * lost. Null when only one question is left.
 */
export function withoutOldest(messages: readonly Message[]): Message[] | null {
  const first = messages.findIndex(({ role }) => role === 'user');
  const next = messages.findIndex(({ role }, i) => i > first && role === 'user');
  if (first < 0 || next < 0) return null;
  const images = (messages[first] as Message).content.filter(({ type }) => type === 'image');
  const heir = messages[next] as Message;
  return [...messages.slice(0, first), { ...heir, content: [...images, ...heir.content] }, ...messages.slice(next + 1)];
}
