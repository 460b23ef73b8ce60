/** A prefilled prompt → text events and why they end: generation, whole characters, stop strings, a form kept. */
import type { ChatEvent, FinishReason } from '../contract/chat.ts';
import type { Resume } from '../contract/protocol.ts';
import { Detokeniser, StopStrings } from './detokenise.ts';
import { generate } from './generate.ts';
import type { AnswerConstraint } from './json-schema/constraint.ts';
import type { LoadedParts } from './load.ts';
import type { AnswerOptions, Progress } from './options.ts';
import type { Tokenizer } from './preprocessor/tokenizer.ts';
import { seededRandom } from './sampler.ts';

export interface DecodeContext {
  constraint: AnswerConstraint | null;
  /** Counts and times are kept up to date in it. */
  progress: Progress;
  /** What was said before a worker died; the answer goes on behind it. */
  resume: Resume | undefined;
  signal: AbortSignal | undefined;
}

/** Ids → the text that may be shown, cut at a stop string. */
class AnswerStreamer {
  readonly #detokeniser: Detokeniser;
  readonly #stops: StopStrings;
  /** All text so far. */
  shown = '';

  constructor(tokenizer: Tokenizer, stop: readonly string[]) {
    this.#detokeniser = new Detokeniser(tokenizer);
    this.#stops = new StopStrings(stop);
  }

  get stopped(): boolean {
    return this.#stops.stopped;
  }

  push(id: number): string {
    return this.#show(this.#stops.push(this.#detokeniser.push(id)));
  }

  flush(): string {
    return this.#show(this.#stops.push(this.#detokeniser.flush()) + this.#stops.flush());
  }

  #show(text: string): string {
    this.shown += text;
    return text;
  }
}

/**
 * `guard` wraps each graph run. What a limit or a stop string cut off is closed when a form has to be kept, and the whole
 * is checked against it: throws `backend-failed` when it does not fit.
 */
export async function* decodeLoop(
  { tokenizer, manifest, runtime, language }: LoadedParts,
  promptIds: readonly number[],
  { sampling, maxTokens, stop }: AnswerOptions,
  { constraint, progress, resume, signal }: DecodeContext,
  guard: <T>(task: () => Promise<T>) => Promise<T>,
): AsyncGenerator<ChatEvent, FinishReason, void> {
  const { timings, usage, started } = progress;
  const streamer = new AnswerStreamer(tokenizer, stop);
  const random = seededRandom(sampling.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!);
  const said = resume?.token_ids ?? [];
  for (const id of said) {
    streamer.push(id);
    constraint?.accept(id);
    if (sampling.temperature > 0) random(); // the draw that chose it
  }
  usage.completion_tokens = said.length;
  if (streamer.stopped) return 'stop';
  /** What stands there already is not said twice. */
  const unsaid = (text: string) =>
    text.slice(Math.max(0, Math.min(text.length, (resume?.text_length ?? 0) - (streamer.shown.length - text.length))));
  const ids = generate(runtime, language, {
    sampling,
    random,
    stopIds: manifest.prompt.stop_ids,
    maxTokens: Math.min(maxTokens, manifest.limits.max_length - promptIds.length) - said.length,
    contextIds: [...promptIds, ...said].filter((id) => id < manifest.architecture.vocab_size),
    constraint,
    signal,
  });
  let token_ids: number[] = [];
  for (;;) {
    const { value, done } = await guard(() => ids.next());
    if (timings.first_token === 0) timings.first_token = performance.now() - started;
    timings.decode = performance.now() - started - timings.first_token;
    let text = unsaid(done ? streamer.flush() : streamer.push(value));
    if (!done) {
      usage.completion_tokens++;
      token_ids.push(value);
    }
    const reason = streamer.stopped ? 'stop' : done ? value : null;
    if (streamer.stopped && !done) text += unsaid(streamer.flush());
    const form = reason === null || reason === 'cancelled' ? undefined : constraint?.form;
    const closing = form?.closing(streamer.shown) ?? '';
    text += closing;
    if (text !== '') {
      yield { type: 'text', text, token_ids };
      token_ids = [];
    }
    form?.check(streamer.shown + closing);
    if (reason !== null) return reason;
  }
}
