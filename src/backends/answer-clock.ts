/** The moments of one answer → the times and counts of its last event, for backends that compute elsewhere. */
import type { ChatEvent, FinishReason, Timings, Usage } from '../../contract/chat.ts';

const NO_USAGE: Usage = { prompt_tokens: 0, cached_tokens: 0, completion_tokens: 0 };

export class AnswerClock {
  readonly #start = performance.now();
  #images = this.#start;
  #first: number | null = null;
  #usage: Usage = NO_USAGE;
  finish_reason: FinishReason | null = null;

  images(): void {
    this.#images = performance.now();
  }

  /** True for the first one. */
  token(): boolean {
    if (this.#first !== null) return false;
    this.#first = performance.now();
    return true;
  }

  note({ usage, finish_reason }: { usage: Usage | null; finish_reason: FinishReason | null }): void {
    this.#usage = usage ?? this.#usage;
    this.finish_reason = finish_reason ?? this.finish_reason;
  }

  done(finish_reason: FinishReason): ChatEvent {
    const now = performance.now();
    const first = this.#first ?? now;
    const timings: Timings = {
      image: this.#images - this.#start,
      vision: 0,
      prefill: first - this.#images,
      first_token: first - this.#start,
      decode: now - first,
    };
    return { type: 'done', finish_reason, usage: this.#usage, timings };
  }
}
