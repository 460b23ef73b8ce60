/** Events of one answer from one or several workers → one stream, and what the next worker needs to continue it. */
import type { ChatEvent, ChatRequest } from '../../contract/chat.ts';
import type { Resume } from '../../contract/protocol.ts';
import type { AnswerSilence } from './answer-silence.ts';
import { EventStream } from './event-stream.ts';

/** The last event of an answer whose worker did not report its counts in time. */
const STOPPED: ChatEvent = {
  type: 'done',
  finish_reason: 'cancelled',
  usage: { prompt_tokens: 0, cached_tokens: 0, completion_tokens: 0 },
  timings: { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 },
};

export class ContinuedAnswer extends EventStream<ChatEvent> {
  /** The request with a seed, so that every worker draws the same numbers. */
  readonly request: ChatRequest;
  readonly #tokenIds: number[] = [];
  #textLength = 0;
  /** Workers that broke off. */
  restarts = 0;
  /** Of the worker that answers now. */
  silence: AnswerSilence | null = null;

  constructor(request: ChatRequest, onOver: (left: boolean) => void) {
    super(onOver);
    this.request = { ...request, seed: request.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]! };
  }

  /** Undefined while nothing was said. */
  get resume(): Resume | undefined {
    return this.#textLength === 0 ? undefined : { token_ids: this.#tokenIds, text_length: this.#textLength };
  }

  override push(event: ChatEvent): void {
    this.silence?.note(event, performance.now());
    if (event.type === 'text') {
      this.#tokenIds.push(...(event.token_ids ?? []));
      this.#textLength += event.text.length;
    }
    if (event.type !== 'done') return super.push(event);
    const { usage } = event;
    super.push(this.restarts === 0 ? event : { ...event, usage: { ...usage, restarts: this.restarts } });
    this.end();
  }

  /** Ends it as stopped, unless it is over. */
  stop(): void {
    super.push(STOPPED);
    this.end();
  }
}
