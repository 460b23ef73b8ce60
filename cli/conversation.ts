/** Questions about pictures, one after the other → answers, each question a follow-up of those before. */
import type {
  ChatEvent,
  ChatRequest,
  FinishReason,
  Message,
  SamplingOptions,
  Timings,
  Usage,
} from '../contract/chat.ts';

/** The part of the engine that a conversation needs. */
export interface Answers {
  answer(request: ChatRequest, signal?: AbortSignal): AsyncIterable<ChatEvent>;
}

export interface Answer {
  text: string;
  finish_reason: FinishReason;
  usage: Usage;
  timings: Timings;
}

export interface AnswerOptions extends SamplingOptions {
  max_tokens?: number;
  adapter?: string;
}

/** Runs one request to its end. `onText` hears each piece as it comes. Throws what the engine throws. */
export async function collect(
  engine: Answers,
  request: ChatRequest,
  options: { signal?: AbortSignal; onText?: (text: string) => void } = {},
): Promise<Answer> {
  let text = '';
  for await (const event of engine.answer(request, options.signal)) {
    if (event.type === 'text') {
      text += event.text;
      options.onText?.(event.text);
    } else if (event.type === 'done') {
      const { finish_reason, usage, timings } = event;
      return { text, finish_reason, usage, timings };
    }
  }
  throw new Error('The answer ended without a done event.');
}

/** Keeps the messages of one conversation; the pictures belong to its first question. */
export class Conversation {
  readonly #engine: Answers;
  readonly #options: AnswerOptions;
  readonly #messages: Message[] = [];
  readonly #images: readonly Blob[];

  constructor(engine: Answers, images: readonly Blob[], options: AnswerOptions = {}) {
    this.#engine = engine;
    this.#images = images;
    this.#options = options;
  }

  async ask(question: string, signal?: AbortSignal, onText?: (text: string) => void): Promise<Answer> {
    const images = this.#messages.length === 0 ? this.#images : [];
    const content: Message['content'] = images.map((image) => ({ type: 'image', image }));
    content.push({ type: 'text', text: question });
    const messages: Message[] = [...this.#messages, { role: 'user', content }];
    const listening = { ...(signal && { signal }), ...(onText && { onText }) };
    const answer = await collect(this.#engine, { ...this.#options, messages }, listening);
    const reply: Message = { role: 'assistant', content: [{ type: 'text', text: answer.text }] };
    this.#messages.splice(0, this.#messages.length, ...messages, reply);
    return answer;
  }
}
