/** The messages of one session → requests that fit the model's context, and how much of it is filled. */
import type { ModelInfo } from '../../../contract/backend.ts';
import type { ChatRequest, Message } from '../../../contract/chat.ts';
import type { AnsweringAssistant } from '../answering-assistant.ts';
import { answerable } from '../completions/conversation.ts';
import { notSupported, quotaExceeded } from './errors.ts';
import { type SessionOptions, toSampling } from './options.ts';

/** Part of the context that stays free for the answer, as the engine keeps it. */
const ANSWER_SHARE = 1 / 8;

/** What a question with neither words nor pictures says. */
const NOTHING = 'Go on.';

const imagesIn = (messages: Message[]): number =>
  messages.flatMap(({ content }) => content).filter(({ type }) => type === 'image').length;

const hasWords = ({ content }: Message): boolean =>
  content.some((part) => part.type === 'text' && part.text.trim() !== '');

/** The same messages with a question at their end. */
function asking(messages: Message[]): Message[] {
  const asked = answerable(messages);
  const question = asked.slice(asked.findLastIndex(({ role }) => role !== 'user') + 1);
  if (question.some(hasWords)) return asked;
  return [...asked, { role: 'user', content: [{ type: 'text', text: NOTHING }] }];
}

export class Session {
  readonly options: SessionOptions;
  readonly #assistant: AnsweringAssistant;
  readonly #info: ModelInfo;
  readonly #initial: Message[];
  #later: Message[] = [];
  /** Tokens of all messages. */
  usage = 0;

  private constructor(assistant: AnsweringAssistant, info: ModelInfo, options: SessionOptions, initial: Message[]) {
    this.#assistant = assistant;
    this.#info = info;
    this.options = options;
    this.#initial = initial;
  }

  /** Throws a QuotaExceededError when the first messages alone leave no room. */
  static async begin(assistant: AnsweringAssistant, info: ModelInfo, options: SessionOptions, initial: Message[]) {
    const session = new Session(assistant, info, options, initial);
    await session.#fit([]);
    session.usage = await session.measure(initial);
    return session;
  }

  /** A second session that begins where this one stands. */
  copy(assistant: AnsweringAssistant): Session {
    const session = new Session(assistant, this.#info, this.options, this.#initial);
    session.#later = [...this.#later];
    session.usage = this.usage;
    return session;
  }

  get window(): number {
    return this.#info.max_length;
  }

  /** Tokens that these messages fill on their own, with the words that every conversation begins with. */
  async measure(messages: Message[], signal?: AbortSignal): Promise<number> {
    return messages.length === 0 ? 0 : this.#assistant.measure(messages, signal);
  }

  /**
   * The request that asks `input`; `dropped` tells that older messages had to go. Nothing is remembered yet. Throws a
   * QuotaExceededError when `input` does not fit even without them.
   */
  async request(
    input: Message[],
    format: Pick<ChatRequest, 'response_format'>,
    signal?: AbortSignal,
  ): Promise<{ request: ChatRequest; kept: Message[]; dropped: boolean }> {
    const kept = await this.#fit(input, signal);
    const messages = asking([...this.#initial, ...kept, ...input]);
    const request = { ...toSampling(this.options), ...format, messages };
    return { request, kept, dropped: kept.length < this.#later.length };
  }

  /** Adds what was said to what is kept of before. */
  async remember(kept: Message[], said: Message[]): Promise<void> {
    const later = [...kept, ...said];
    this.usage = await this.measure([...this.#initial, ...later]);
    this.#later = later;
  }

  /** What of the later messages can stay beside `input`: the oldest go first, a question with its answers. */
  async #fit(input: Message[], signal?: AbortSignal): Promise<Message[]> {
    const { max_length, max_images = Number.POSITIVE_INFINITY } = this.#info;
    const reserved = Math.ceil(max_length * ANSWER_SHARE);
    if (imagesIn([...this.#initial, ...input]) > max_images)
      throw notSupported(`This model looks at ${max_images} picture${max_images === 1 ? '' : 's'} at a time.`);
    let kept = this.#later;
    for (;;) {
      const messages = [...this.#initial, ...kept, ...input];
      const needed = (await this.measure(messages, signal)) + reserved;
      if (needed <= max_length && imagesIn(messages) <= max_images) return kept;
      if (kept.length === 0) throw quotaExceeded(`This takes ${needed} tokens; ${max_length} fit.`, needed, max_length);
      const next = kept.findIndex(({ role }, i) => i > 0 && role === 'user' && kept[i - 1]!.role !== 'user');
      kept = next < 0 ? [] : kept.slice(next);
    }
  }
}
