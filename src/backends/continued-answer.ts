/** Events of one answer from one or several workers → one stream, and what the next worker needs to continue it. */
import type { ChatEvent, ChatRequest } from '../../contract/chat.ts';
import type { Resume } from '../../contract/protocol.ts';
import type { EventStream } from './event-stream.ts';

/** The last event of an answer whose worker did not report its counts in time. */
export function stoppedEvent(): ChatEvent {
  return {
    type: 'done',
    finish_reason: 'cancelled',
    usage: { prompt_tokens: 0, cached_tokens: 0, completion_tokens: 0 },
    timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
  };
}

export class ContinuedAnswer {
  /** The request with a seed, so that every worker draws the same numbers. */
  readonly request: ChatRequest;
  readonly #stream: EventStream<ChatEvent>;
  readonly #tokenIds: number[] = [];
  #textLength = 0;
  /** Workers that broke off. */
  restarts = 0;

  constructor(request: ChatRequest, stream: EventStream<ChatEvent>) {
    this.request = { ...request, seed: request.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]! };
    this.#stream = stream;
  }

  /** Undefined while nothing was said. */
  get resume(): Resume | undefined {
    return this.#textLength === 0 ? undefined : { token_ids: this.#tokenIds, text_length: this.#textLength };
  }

  push(event: ChatEvent): void {
    if (event.type === 'text') {
      this.#tokenIds.push(...(event.token_ids ?? []));
      this.#textLength += event.text.length;
    }
    if (event.type !== 'done') return this.#stream.push(event);
    const { usage } = event;
    this.#stream.push(this.restarts === 0 ? event : { ...event, usage: { ...usage, restarts: this.restarts } });
    this.#stream.end();
  }
}
