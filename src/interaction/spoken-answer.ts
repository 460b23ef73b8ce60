/** An answer that grows token by token → the sentences that a screen reader should say, one after the other. */
import { nextSpoken } from './sentences.ts';

/** Milliseconds between two announcements of one answer; faster ones would cut each other off. */
const PAUSE = 1500;

/** How an answer stands. Another `key` is another answer. */
export interface GrowingAnswer {
  key: string;
  text: string;
  ended: boolean;
  /** How it ended, in words that are said after it; empty where its own words say enough. */
  ending: string;
}

export interface Spoken {
  say: string;
  /** It is the beginning of the answer. */
  first: boolean;
  /** Empty unless it has ended. */
  ending: string;
}

export class SpokenAnswer {
  readonly #speak: (spoken: Spoken) => void;
  #said = { key: '', length: 0, ended: false, at: Number.NEGATIVE_INFINITY };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(speak: (spoken: Spoken) => void) {
    this.#speak = speak;
  }

  /** What has ended is said at once, and once; sentences of a growing answer wait for each other. */
  tell({ key, text, ended, ending }: GrowingAnswer): void {
    const said = this.#said;
    // A new question, or a retry of the same one.
    if (said.key !== key || (said.ended && !ended))
      this.#said = { key, length: 0, ended: false, at: Number.NEGATIVE_INFINITY };
    else if (said.ended) return;
    this.stop();
    const wait = ended ? 0 : Math.max(0, this.#said.at + PAUSE - performance.now());
    this.#timer = setTimeout(() => this.#next(text, ended, ended ? ending : ''), wait);
  }

  /** Says nothing more until something is told again. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #next(text: string, ended: boolean, ending: string): void {
    const before = this.#said;
    const { say, spoken: length } = nextSpoken(text, before.length, ended);
    this.#said = { ...before, length, ended, at: say === '' ? before.at : performance.now() };
    if (say !== '' || ending !== '') this.#speak({ say, first: before.length === 0 && say !== '', ending });
  }
}
