/** What `<image-assistant>` shows → elements in its shadow root, without a line of HTML; model text is text, never markup. */
import type { AppError } from '../../contract/errors.ts';
import { writtenIn } from '../interaction/answer-language.ts';
import { listenForImages } from '../interaction/listen.ts';
import { questionKey } from '../interaction/question-key.ts';
import { SpokenAnswer } from '../interaction/spoken-answer.ts';
import { STYLE } from './element-style.ts';
import { type ElementWords, wordsFor } from './element-words.ts';

export interface ViewHandlers {
  image(file: Blob): void;
  /** Something was brought that holds no picture. */
  refuse(error: AppError): void;
  ask(question: string): void;
  stop(): void;
}

interface Properties {
  part?: string;
  role?: string;
  type?: string;
  accept?: string;
  hidden?: boolean;
  textContent?: string;
  className?: string;
  dir?: string;
  lang?: string;
  translate?: boolean;
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, { part, role, ...rest }: Properties, ...inside: Node[]) {
  const element = document.createElement(tag);
  Object.assign(element, rest);
  if (part) element.setAttribute('part', part);
  if (role) element.setAttribute('role', role);
  element.append(...inside);
  return element;
}

let sheet: CSSStyleSheet | null = null;

/** Made on first use: the module can be imported where there is no document. */
function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return sheet;
}

export class ElementView {
  readonly #image = make('img', { part: 'picture', hidden: true });
  readonly #file = make('input', { type: 'file', accept: 'image/*', hidden: true });
  readonly #add = make('button', { type: 'button', part: 'add button' });
  readonly #question = make('textarea', { part: 'question', dir: 'auto' });
  readonly #ask = make('button', { type: 'button', part: 'ask button' });
  readonly #stop = make('button', { type: 'button', part: 'stop button', hidden: true });
  readonly #log = make('div', { part: 'conversation', role: 'log' });
  readonly #status = make('p', { part: 'status' });
  /** What a screen reader hears beside errors: there from the beginning, so that what comes into it is said. */
  readonly #heard = make('output', { className: 'heard' });
  readonly #spoken = new SpokenAnswer(({ say, first, ending }) => {
    const answer = make('span', { textContent: say, lang: writtenIn(say, this.#words.language) });
    this.#heard.replaceChildren(first ? `${this.#words.answer} ` : '', answer, ` ${ending}`);
  });
  readonly #error = make('p', { part: 'error', role: 'alert', hidden: true });
  #imageUrl: string | null = null;
  #answer: HTMLElement | null = null;
  #turns = 0;
  #words = wordsFor('en');

  constructor(root: ShadowRoot, handlers: ViewHandlers) {
    root.adoptedStyleSheets = [styleSheet()];
    // No <form>: in a sandboxed frame it would need one more permission.
    const controls = make('div', { part: 'controls' }, this.#add, this.#question, this.#ask, this.#stop);
    root.append(this.#image, this.#file, this.#log, controls, this.#status, this.#error, this.#heard);
    // A log is read out token by token otherwise, and the steps of loading per cent by per cent.
    this.#log.setAttribute('aria-live', 'off');
    this.#heard.setAttribute('aria-live', 'polite');
    this.#question.rows = 1;
    this.#add.addEventListener('click', () => this.#file.click());
    this.#file.addEventListener('change', () => {
      const [file] = this.#file.files ?? [];
      this.#file.value = ''; // the same file may be chosen again
      if (file) handlers.image(file);
    });
    this.#ask.addEventListener('click', () => handlers.ask(this.#question.value));
    this.#question.addEventListener('keydown', (event) => {
      const meaning = questionKey(event);
      if (meaning === 'stop') handlers.stop();
      if (meaning !== 'ask') return;
      event.preventDefault();
      handlers.ask(this.#question.value);
    });
    this.#stop.addEventListener('click', () => handlers.stop());
    this.#listenForImages(root, handlers);
  }

  setWords(words: ElementWords): void {
    this.#words = words;
    this.#add.textContent = this.#image.hidden ? words.add : words.change;
    this.#image.alt = words.imageAlt;
    this.#question.placeholder = words.question;
    this.#question.setAttribute('aria-label', words.question);
    this.#ask.textContent = words.ask;
    this.#stop.textContent = words.stop;
    this.#log.setAttribute('aria-label', words.conversation);
  }

  showImage(image: Blob | null): void {
    if (this.#imageUrl) URL.revokeObjectURL(this.#imageUrl);
    this.#imageUrl = image && URL.createObjectURL(image);
    this.#image.hidden = image === null;
    if (this.#imageUrl) this.#image.src = this.#imageUrl;
    else this.#image.removeAttribute('src');
  }

  beginTurn(question: string): void {
    this.#question.value = '';
    this.#turns += 1;
    // Translators of pages put their own nodes in the place of those that go on growing.
    this.#answer = make('p', { part: 'answer', dir: 'auto', translate: false });
    this.#log.append(make('p', { part: 'question-asked', dir: 'auto', textContent: question }), this.#answer);
  }

  addText(text: string): void {
    if (!this.#answer?.isConnected) return; // the conversation ended meanwhile
    this.#answer.append(text);
    this.#tell(false, '');
  }

  /** `ending`: what is said of how it ended. From here on the answer is text like any other. */
  endTurn(ending: string): void {
    const growing = this.#answer;
    if (!growing?.isConnected) return;
    this.#tell(true, ending);
    const textContent = growing.textContent;
    const lang = writtenIn(textContent, this.#words.language);
    growing.replaceWith(make('p', { part: 'answer', dir: 'auto', lang, textContent }));
  }

  /** Takes back the turn that failed; its question stands in the field again. */
  undoTurn(question: string): void {
    this.#spoken.stop();
    this.#answer?.previousElementSibling?.remove();
    this.#answer?.remove();
    if (this.#question.value === '') this.#question.value = question;
  }

  /** Ends the conversation; a question that is being typed stays. */
  clear(): void {
    this.#spoken.stop();
    this.#log.replaceChildren();
  }

  clearQuestion(): void {
    this.#question.value = '';
  }

  setBusy(busy: boolean): void {
    this.#ask.hidden = busy;
    this.#stop.hidden = !busy;
  }

  setDisabled(disabled: boolean): void {
    for (const control of [this.#add, this.#question, this.#ask]) control.disabled = disabled;
  }

  /** `aloud`: a screen reader says it too. */
  showStatus(text: string, aloud = false): void {
    this.#status.textContent = text;
    if (aloud) this.#heard.replaceChildren(text);
  }

  showError(text: string | null): void {
    this.#error.hidden = text === null;
    this.#error.textContent = text ?? '';
  }

  #tell(ended: boolean, ending: string): void {
    this.#spoken.tell({ key: `${this.#turns}`, text: this.#answer?.textContent ?? '', ended, ending });
  }

  #listenForImages(root: ShadowRoot, handlers: ViewHandlers): void {
    listenForImages(root.host, {
      take: (files) => {
        // One picture at a time; of several files the first that says it is one.
        const image = files.find(({ type }) => type.startsWith('image/')) ?? files[0];
        if (image && !this.#add.disabled) handlers.image(image);
      },
      refuse: (error) => handlers.refuse(error),
      dragging: (over) => void this.#log.classList.toggle('dropping', over),
    });
  }
}
