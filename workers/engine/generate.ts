/** A prefilled prompt → token ids, one graph run each, until the model stops or a limit is reached. */
import type { FinishReason } from '../../contract/chat.ts';
import type { Language } from './language.ts';
import type { Runtime } from './runtime.ts';
import { isGreedy, type Random, type Sampling, sample } from './sampler.ts';

export interface GenerateOptions {
  sampling: Sampling;
  random: Random;
  stopIds: readonly number[];
  /** At least 1. */
  maxTokens: number;
  /** Text tokens of the prompt, for the repetition penalty. */
  promptIds: readonly number[];
  signal: AbortSignal | undefined;
}

/** Yields ids as they are chosen; returns why it ended. Aborting ends it between two tokens. */
export async function* generate(
  runtime: Runtime,
  language: Language,
  options: GenerateOptions,
): AsyncGenerator<number, FinishReason, void> {
  const { sampling, random, stopIds, maxTokens, signal } = options;
  const greedy = isGreedy(sampling);
  const seen = sampling.repetition_penalty === 1 ? [] : [...options.promptIds];
  for (let count = 1; ; count++) {
    const id = greedy ? await language.nextToken() : sample(await language.logits(), seen, sampling, random);
    if (stopIds.includes(id)) return 'stop';
    if (signal?.aborted) return 'cancelled';
    yield id;
    if (count >= maxTokens) return 'length';
    // A CPU graph run blocks its thread; without this turn a Stop would wait for the end of the answer.
    await runtime.pause();
    if (signal?.aborted) return 'cancelled';
    if (sampling.repetition_penalty !== 1) seen.push(id);
    await language.step([id]);
  }
}
