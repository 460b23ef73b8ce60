/** Events of an answer → how long its worker may be deaf by now. */
import type { ChatEvent } from '../../contract/chat.ts';
import { TokenPace } from './token-pace.ts';

/** A CPU runs a whole image in one go, and hears nothing meanwhile. */
export const IMAGE_SILENCE_MS = 300_000;

export class AnswerSilence {
  readonly #usualMs: number;
  readonly #pace: TokenPace;
  #limit: number;

  /** `usualMs` while anything but an image is computed; `leastMs` once tokens came fast. */
  constructor(usualMs: number, leastMs: number) {
    this.#usualMs = usualMs;
    this.#pace = new TokenPace(leastMs);
    this.#limit = usualMs;
  }

  /** Milliseconds. */
  get limit(): number {
    return this.#limit;
  }

  /** `now` in milliseconds. */
  note(event: ChatEvent, now: number): void {
    if (event.type === 'phase') {
      const sees = event.phase === 'image' || event.phase === 'vision';
      this.#limit = sees ? Math.max(IMAGE_SILENCE_MS, this.#usualMs) : this.#usualMs;
    }
    if (event.type !== 'text') return;
    const limit = this.#pace.note(now);
    if (limit !== null) this.#limit = Math.min(limit, this.#usualMs);
  }
}
