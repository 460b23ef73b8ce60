/** Token ids, one by one → text that only ever grows: whole characters, trimmed, cut before a stop string. */
import type { Tokenizer } from './preprocessor/tokenizer.ts';

/** What bytes that are no whole character decode to. */
const REPLACEMENT = '\ufffd';
/** Half of a surrogate pair at the end: the other half comes with the next delta. */
const LONE_HIGH_SURROGATE = /[\uD800-\uDBFF]$/;

/**
 * Turns ids into text deltas. Only the last few ids are decoded again for each new one; a delta is held back while it
 * ends in the middle of a character. White space at either end of the whole text is dropped.
 */
export class Detokeniser {
  readonly #tokenizer: Pick<Tokenizer, 'decode'>;
  readonly #ids: number[] = [];
  /** Ids before `#read` have been shown; those from `#context` on are decoded along, for spaces that depend on them. */
  #context = 0;
  #read = 0;
  #started = false;
  #heldSpace = '';

  constructor(tokenizer: Pick<Tokenizer, 'decode'>) {
    this.#tokenizer = tokenizer;
  }

  /** The text that this id completes; often empty. */
  push(id: number): string {
    this.#ids.push(id);
    return this.#trim(this.#advance(false));
  }

  /** What is left at the end, without a half character. */
  flush(): string {
    return this.#trim(this.#advance(true));
  }

  #advance(last: boolean): string {
    const before = this.#tokenizer.decode(this.#ids.slice(this.#context, this.#read));
    const after = this.#tokenizer.decode(this.#ids.slice(this.#context));
    const delta = after.slice(before.length);
    if (last) return delta.replace(/\ufffd+$/, '').replace(LONE_HIGH_SURROGATE, '');
    if (delta === '' || delta.endsWith(REPLACEMENT) || LONE_HIGH_SURROGATE.test(delta)) return '';
    this.#context = this.#read;
    this.#read = this.#ids.length;
    return delta;
  }

  #trim(delta: string): string {
    const text = this.#heldSpace + delta;
    const shown = this.#started ? text.trimEnd() : text.trim();
    this.#heldSpace = this.#started || shown !== '' ? text.slice(text.trimEnd().length) : '';
    this.#started ||= shown !== '';
    return shown;
  }
}

/** Passes text through until a stop string would be shown; what may be the beginning of one is held back. */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = '';
  #stopped = false;

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** True once a stop string was met; nothing is shown after that. */
  get stopped(): boolean {
    return this.#stopped;
  }

  push(delta: string): string {
    if (this.#stopped || this.#stops.length === 0) return this.#stopped ? '' : delta;
    const text = this.#held + delta;
    const found = this.#stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0);
    if (found.length > 0) {
      this.#stopped = true;
      this.#held = '';
      return text.slice(0, Math.min(...found));
    }
    const safe = text.length - this.#undecided(text);
    this.#held = text.slice(safe);
    return text.slice(0, safe);
  }

  /** What was held back and turned out to be ordinary text. */
  flush(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  /** Length of the longest end of `text` that a stop string begins with. */
  #undecided(text: string): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
