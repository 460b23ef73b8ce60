/** An assistant → sessions in the shape of the browser's Prompt API: `(await LanguageModel.create()).prompt('…')`. */
import type { LoadProgress } from '../../../contract/backend.ts';
import type { ChatRequest, Message } from '../../../contract/chat.ts';
import { AppError } from '../../../contract/errors.ts';
import type { AnsweringAssistant } from '../answering-assistant.ts';
import { orAborted } from '../abort-reason.ts';
import { createAssistant } from '../assistant.ts';
import { asException, notSupported } from './errors.ts';
import { Downloads } from './monitor.ts';
import { PARAMS, readOptions } from './options.ts';
import { OverflowTarget } from './overflow-target.ts';
import { readPrompt } from './read-prompt.ts';
import { formatOf } from './response-constraint.ts';
import { Session } from './session.ts';
import type {
  Availability,
  LanguageModelCreateCoreOptions,
  LanguageModelCreateOptions,
  LanguageModelParams,
  LanguageModelPrompt,
  LanguageModelPromptOptions,
  LanguageModelSamplingMode,
} from './types.ts';

/** What `create` and `clone` alone have: the constructor is nobody else's. */
const OWN = Symbol('own');
/** How far each class has come with its model. */
const states = new WeakMap<object, 'downloading' | 'available'>();

const ignore = (): void => {};

export class LanguageModel extends OverflowTarget {
  /** @internal Makes what answers; one for each session, so that the last to be destroyed frees the model. */
  static newAssistant: (onProgress: (progress: LoadProgress) => void) => AnsweringAssistant = (onProgress) =>
    createAssistant({ onProgress });

  /** `downloadable` until a session was created on this page, also where the weights are kept already. */
  static async availability(options: LanguageModelCreateCoreOptions = {}): Promise<Availability> {
    return readOptions(options).unsupported ? 'unavailable' : (states.get(this) ?? 'downloadable');
  }

  static async params(): Promise<LanguageModelParams> {
    return PARAMS;
  }

  /** Loads the model if need be. `signal` stops that, and later destroys the session. */
  static async create(options: LanguageModelCreateOptions = {}): Promise<LanguageModel> {
    const { signal, monitor, initialPrompts } = options;
    const read = readOptions(options);
    signal?.throwIfAborted();
    const initial = initialPrompts?.length ? await readPrompt(initialPrompts, read.images, false) : [];
    const downloads = new Downloads(monitor);
    if (read.unsupported) throw notSupported('This model reads text and pictures, writes text, and calls no tools.');
    const assistant = this.newAssistant((progress) => downloads.report(progress));
    try {
      if (!states.has(this)) states.set(this, 'downloading');
      const info = await assistant.load(signal ? { signal } : {});
      states.set(this, 'available');
      const session = await Session.begin(assistant, info, read, initial);
      signal?.throwIfAborted();
      downloads.end();
      const model = new this(OWN, assistant, session);
      signal?.addEventListener('abort', () => model.#end(signal.reason as Error), { once: true });
      return model;
    } catch (thrown) {
      if (states.get(this) === 'downloading') states.delete(this);
      await assistant.dispose();
      throw signal?.aborted ? signal.reason : asException(thrown, 'OperationError');
    }
  }

  readonly #assistant: AnsweringAssistant;
  readonly #session: Session;
  readonly #ended = new AbortController();
  /** Settles when what was asked so far is answered: a session does one thing at a time. */
  #tail: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(own: typeof OWN, assistant: AnsweringAssistant, session: Session) {
    if (own !== OWN) throw new TypeError('Illegal constructor');
    super();
    this.#assistant = assistant;
    this.#session = session;
  }

  get contextUsage(): number {
    return this.#session.usage;
  }

  /** Tokens that a session can hold, an eighth for the answer included. */
  get contextWindow(): number {
    return this.#session.window;
  }

  /** The older name of `contextUsage`. */
  get inputUsage(): number {
    return this.contextUsage;
  }

  /** The older name of `contextWindow`. */
  get inputQuota(): number {
    return this.contextWindow;
  }

  get topK(): number {
    return this.#session.options.topK;
  }

  get temperature(): number {
    return this.#session.options.temperature;
  }

  get samplingMode(): LanguageModelSamplingMode | null {
    return this.#session.options.samplingMode;
  }

  async prompt(input: LanguageModelPrompt, options: LanguageModelPromptOptions = {}): Promise<string> {
    return this.#ask(input, options, ignore);
  }

  /** Pieces of the answer; cancelling the stream stops it. */
  promptStreaming(input: LanguageModelPrompt, options: LanguageModelPromptOptions = {}): ReadableStream<string> {
    const left = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
    return new ReadableStream<string>({
      start: (controller) => {
        this.#ask(input, { ...options, signal }, (text) => {
          if (!signal.aborted) controller.enqueue(text);
        }).then(
          () => controller.close(),
          (thrown: unknown) => controller.error(thrown),
        );
      },
      cancel: (reason) => left.abort(reason),
    });
  }

  /** Adds messages without an answer. The model reads them with the next prompt. */
  async append(input: LanguageModelPrompt, { signal }: { signal?: AbortSignal } = {}): Promise<undefined> {
    await this.#inTurn(input, signal, async (messages, stop) => {
      const { kept, dropped } = await this.#session.request(messages, {}, stop);
      stop.throwIfAborted();
      if (dropped) this.overflow();
      await this.#session.remember(kept, messages);
    });
    return undefined;
  }

  /** Tokens that the input fills on its own, with the words that every conversation begins with. */
  async measureContextUsage(input: LanguageModelPrompt, options: LanguageModelPromptOptions = {}): Promise<number> {
    formatOf(options);
    const signal = this.#signal(options.signal);
    signal.throwIfAborted();
    const measuring = async (): Promise<number> =>
      this.#session.measure(await readPrompt(input, this.#session.options.images, false), signal);
    return orAborted(measuring(), signal).catch((thrown: unknown) => this.#fail(thrown, signal));
  }

  /** The older name of `measureContextUsage`. */
  async measureInputUsage(input: LanguageModelPrompt, options: LanguageModelPromptOptions = {}): Promise<number> {
    return this.measureContextUsage(input, options);
  }

  /** A session of its own that begins where this one stands. */
  async clone({ signal }: { signal?: AbortSignal } = {}): Promise<LanguageModel> {
    const stop = this.#signal(signal);
    stop.throwIfAborted();
    const Own = this.constructor as typeof LanguageModel;
    const assistant = Own.newAssistant(ignore);
    const session = this.#session.copy(assistant);
    try {
      await assistant.load({ signal: stop });
      stop.throwIfAborted();
    } catch (thrown) {
      await assistant.dispose();
      return this.#fail(thrown, stop);
    }
    return new Own(OWN, assistant, session);
  }

  /** Stops what is being answered; when it was the last session, the model's memory is freed. */
  destroy(): void {
    this.#end(new DOMException('The session was destroyed.', 'AbortError'));
  }

  #end(reason: Error): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(reason);
    void this.#assistant.dispose();
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([this.#ended.signal, signal]) : this.#ended.signal;
  }

  #fail(thrown: unknown, signal: AbortSignal): never {
    throw signal.aborted ? signal.reason : asException(thrown, 'UnknownError');
  }

  async #ask(
    input: LanguageModelPrompt,
    options: LanguageModelPromptOptions,
    onText: (text: string) => void,
  ): Promise<string> {
    const format = formatOf(options);
    return this.#inTurn(input, options.signal, async (messages, signal) => {
      const { request, kept, dropped } = await this.#session.request(messages, format, signal);
      if (dropped) this.overflow();
      const answer = await this.#answer(request, signal, onText);
      await this.#session.remember(kept, [...messages, answer]);
      return answer.content.map(({ text }) => text).join('');
    });
  }

  async #answer(request: ChatRequest, signal: AbortSignal, onText: (text: string) => void) {
    let text = '';
    for await (const event of this.#assistant.answer(request, signal)) {
      if (event.type === 'text') {
        text += event.text;
        onText(event.text);
      }
      if (event.type !== 'done') continue;
      if (event.finish_reason === 'cancelled') throw new AppError('cancelled', 'Stopped.');
      return { role: 'assistant', content: [{ type: 'text', text }] } satisfies Message;
    }
    throw new AppError('backend-failed', 'The answer ended without saying why. Ask again.');
  }

  /** Runs a task after those before it; what was aborted rejects at once, and leaves the session as it was. */
  async #inTurn<T>(
    input: LanguageModelPrompt,
    signal: AbortSignal | undefined,
    task: (messages: Message[], signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const stop = this.#signal(signal);
    stop.throwIfAborted();
    // Now, for what it is made of may change or be closed while it waits.
    const reading = readPrompt(input, this.#session.options.images, this.#session.usage > 0);
    reading.catch(ignore); // thrown in its turn
    const turn = this.#tail.then(async () => {
      stop.throwIfAborted();
      return task(await reading, stop);
    });
    this.#tail = turn.catch(ignore);
    return orAborted(turn, stop).catch((thrown: unknown) => this.#fail(thrown, stop));
  }
}
