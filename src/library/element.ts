/** `<image-assistant>`: an image, a question, an answer, in a box that any page can hold. */
import type { LoadProgress } from '../../contract/backend.ts';
import type { Message } from '../../contract/chat.ts';
import { AppError } from '../../contract/errors.ts';
import { type ApiError, asApiError } from './completions/api-error.ts';
import { Assistant } from './assistant.ts';
import { AttributesElement } from './element-attributes.ts';
import { refusalIn } from './element-refusals.ts';
import { ElementView } from './element-view.ts';
import { type ElementWords, loadingText, wordsFor } from './element-words.ts';
import { openImage } from './fetch-image.ts';
import type { StartBackend } from './shared-backend.ts';

/** Attributes that say what runs; a change while it is connected lets go of the old model. */
const PLACE = ['model', 'base-url', 'device'];

export class ImageAssistantElement extends AttributesElement {
  static readonly formAssociated = true;
  static readonly observedAttributes = [...PLACE, 'src', 'lang'];
  /** @internal Stands in for the packaged worker: our own page starts the one it is built with. */
  static startBackend: StartBackend | undefined;

  readonly #internals = this.attachInternals();
  readonly #view: ElementView;
  #assistant: Assistant | null = null;
  #image: Blob | null = null;
  /** Settles when the image that was named last has been read. */
  #reading: Promise<void> = Promise.resolve();
  #messages: Message[] = [];
  #answering: AbortController | null = null;
  /** Settles when the answer that was asked for last has ended. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor() {
    super();
    this.#view = new ElementView(this.attachShadow({ mode: 'open', delegatesFocus: true }), {
      image: (file) => void this.attach(file).catch(() => {}), // already told by an event
      refuse: (error) => void this.#fail(error),
      ask: (question) => void this.ask(question).catch(() => {}),
      stop: () => this.stop(),
    });
  }

  connectedCallback(): void {
    this.begin();
    if (this.#assistant) return; // moved within the page
    this.#view.setWords(this.#words);
    if (this.src && !this.#image) void this.attach(this.src).catch(() => {});
    this.#start();
  }

  disconnectedCallback(): void {
    // A move within the page is a removal and an insertion at once.
    queueMicrotask(() => {
      if (!this.isConnected) this.#letGo();
    });
  }

  protected override attributesChanged(names: ReadonlySet<string>): void {
    if (names.has('lang')) this.#view.setWords(this.#words);
    if (names.has('src') && this.src) void this.attach(this.src).catch(() => {});
    if (!PLACE.some((name) => names.has(name))) return;
    this.#letGo();
    this.#start();
  }

  formResetCallback(): void {
    this.reset();
  }

  formDisabledCallback(disabled: boolean): void {
    this.#view.setDisabled(disabled);
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }
  /** The last answer; what a form sends under the element's `name`. */
  get value(): string {
    const part = this.#messages.findLast(({ role }) => role === 'assistant')?.content[0];
    return part?.type === 'text' ? part.text : '';
  }
  /** A copy of the conversation so far. */
  get messages(): Message[] {
    return this.#messages.map(({ role, content }) => ({ role, content: [...content] }));
  }

  /** Loads the model; it begins by itself unless `loading="lazy"`. Rejects with ApiError. */
  async load(): Promise<void> {
    const assistant = this.#connected;
    try {
      const info = await assistant.load();
      if (assistant !== this.#assistant) return await this.load();
      this.#view.showStatus(this.#words.ready, true);
      this.#tell('ready', info);
    } catch (thrown) {
      if (assistant === this.#assistant || !this.#assistant) throw this.#fail(thrown);
      await this.load(); // another model was named meanwhile
    }
  }

  /** Shows another image and begins a new conversation. An address may be on this page's origin, `data:` or `blob:`. */
  attach(image: Blob | string): Promise<void> {
    const reading = this.#read(image);
    this.#reading = reading.catch(() => {});
    return reading;
  }

  /** Resolves to the answer, also when it was stopped half way. Rejects with ApiError. */
  ask(question: string): Promise<string> {
    this.stop();
    const before = this.#turn;
    const turn = before.then(() => this.#ask(question.trim()));
    this.#turn = turn.catch(() => {}); // its asker is told
    return turn;
  }

  stop(): void {
    this.#answering?.abort();
  }

  /** Takes image, question and conversation away; the model stays. */
  reset(): void {
    this.stop();
    this.#forget();
    this.#view.clearQuestion();
    this.#setImage(null);
  }

  get #words(): ElementWords {
    return wordsFor((this.closest<HTMLElement>('[lang]') ?? document.documentElement).lang);
  }

  get #connected(): Assistant {
    if (this.#assistant) return this.#assistant;
    throw new AppError('request-invalid', 'This element is not in the page.');
  }

  async #ask(text: string): Promise<string> {
    await this.#reading;
    const words = this.#words;
    const missing = text === '' ? words.needQuestion : this.#image ? null : words.needImage;
    if (missing !== null) throw this.#fail(new AppError('request-invalid', missing));
    const controller = new AbortController();
    this.#answering = controller;
    this.#view.showError(null);
    this.#view.setBusy(true);
    this.#view.showStatus(words.thinking);
    this.#view.beginTurn(text);
    try {
      const answer = await this.#answer(text, controller.signal);
      this.#view.endTurn(controller.signal.aborted ? words.stopped : '');
      this.#view.showStatus(words.ready);
      return answer;
    } catch (thrown) {
      this.#view.undoTurn(text);
      throw this.#fail(thrown);
    } finally {
      this.#answering = null;
      this.#view.setBusy(false);
    }
  }

  async #answer(text: string, signal: AbortSignal): Promise<string> {
    const content: Message['content'] = [{ type: 'text', text }];
    if (this.#messages.length === 0 && this.#image) content.unshift({ type: 'image', image: this.#image });
    const messages: Message[] = [...this.#messages, { role: 'user', content }];
    let answer = '';
    for await (const event of this.#connected.answer({ messages }, signal)) {
      if (event.type === 'text') {
        answer += event.text;
        this.#view.addText(event.text);
        this.#tell('token', { text: event.text });
      }
      if (event.type !== 'done') continue;
      if (messages[0]?.content[0]?.type === 'image' && messages[0].content[0].image !== this.#image) break;
      this.#messages = [...messages, { role: 'assistant', content: [{ type: 'text', text: answer }] }];
      this.#internals.setFormValue(answer);
      this.#tell('answer', { text: answer, finish_reason: event.finish_reason, usage: event.usage });
    }
    return answer;
  }

  async #read(source: Blob | string): Promise<void> {
    try {
      const image = await openImage(source);
      this.stop();
      this.#forget();
      this.#setImage(image);
    } catch (thrown) {
      throw this.#fail(thrown);
    }
  }

  #setImage(image: Blob | null): void {
    this.#image = image;
    this.#view.showImage(image);
    this.#view.setWords(this.#words);
  }

  #forget(): void {
    this.#messages = [];
    this.#internals.setFormValue(null);
    this.#view.clear();
    this.#view.showError(null);
  }

  #start(): void {
    const { model, baseUrl, device } = this;
    const place = { ...(model ? { model } : {}), ...(baseUrl ? { baseUrl } : {}), ...(device ? { device } : {}) };
    const options = { ...place, onProgress: this.#tellProgress.bind(this) };
    try {
      this.#assistant = new Assistant(options, ImageAssistantElement.startBackend);
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    if (this.loading !== 'lazy') void this.load().catch(() => {});
  }

  /** Stops and frees everything that is not the element itself. */
  #letGo(): void {
    this.stop();
    const assistant = this.#assistant;
    this.#assistant = null;
    void assistant?.dispose();
  }

  #tellProgress(progress: LoadProgress): void {
    this.#view.showStatus(loadingText(this.#words, progress));
    this.#tell('progress', progress);
  }

  #fail(thrown: unknown): ApiError {
    const error = asApiError(thrown);
    if (error.code === 'cancelled' || !this.isConnected) return error;
    this.#view.showStatus('');
    this.#view.showError(refusalIn(this.#words.language, error.evidence) ?? error.message);
    this.#tell('error', error.error);
    return error;
  }

  #tell(type: string, detail: object): void {
    // A bubbling "error" would reach the window, where it means an uncaught one.
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: type !== 'error', composed: true }));
  }
}
