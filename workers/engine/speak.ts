/** A prefilled prompt → text events and why they end: generation, whole characters, stop strings, a form kept. */
import type { ChatEvent, FinishReason } from '../../contract/chat.ts';
import { Detokeniser, StopStrings } from './detokenise.ts';
import { generate } from './generate.ts';
import type { Constraint } from './grammar.ts';
import type { LoadedParts } from './load.ts';
import type { AnswerOptions, Progress } from './options.ts';
import { seededRandom } from './sampler.ts';

export interface SpeakContext {
  constraint: Constraint | null;
  /** Counts and times are kept up to date in it. */
  progress: Progress;
  signal: AbortSignal | undefined;
}

/** `guard` wraps each graph run. What a limit or a stop string cut off is closed when a form has to be kept. */
export async function* speak(
  { tokenizer, manifest, runtime, language }: LoadedParts,
  promptIds: readonly number[],
  { sampling, maxTokens, stop }: AnswerOptions,
  { constraint, progress, signal }: SpeakContext,
  guard: <T>(task: () => Promise<T>) => Promise<T>,
): AsyncGenerator<ChatEvent, FinishReason, void> {
  const detokeniser = new Detokeniser(tokenizer);
  const stops = new StopStrings(stop);
  const seed = sampling.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
  const ids = generate(runtime, language, {
    sampling,
    random: seededRandom(seed),
    stopIds: manifest.prompt.stop_ids,
    maxTokens: Math.min(maxTokens, manifest.limits.max_length - promptIds.length),
    promptIds: promptIds.filter((id) => id < manifest.architecture.vocab_size),
    constraint,
    signal,
  });
  const { timings, usage, started } = progress;
  let shown = '';
  for (;;) {
    const { value, done } = await guard(() => ids.next());
    if (usage.completion_tokens === 0) timings.first_token = performance.now() - started;
    timings.decode = performance.now() - started - timings.first_token;
    if (!done) usage.completion_tokens++;
    let text = stops.push(done ? detokeniser.flush() : detokeniser.push(value));
    const reason = stops.stopped ? 'stop' : done ? value : null;
    if (reason !== null) text += stops.flush();
    shown += text;
    if (constraint && reason !== null && reason !== 'cancelled') text += await constraint.closing(shown);
    if (text !== '') yield { type: 'text', text };
    if (reason !== null) return reason;
  }
}
