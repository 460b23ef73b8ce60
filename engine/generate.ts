/** A prefilled prompt → token ids, one graph run each, until the model stops or a limit is reached. */
import type { FinishReason } from '../contract/chat.ts';
import { maskLogits } from './grammar.ts';
import type { AnswerConstraint } from './json-schema/constraint.ts';
import type { Language } from './language.ts';
import type { Runtime } from './runtime.ts';
import { isGreedy, noNumbers, type Random, type Sampling, sample } from './sampler.ts';

export interface GenerateOptions {
  sampling: Sampling;
  random: Random;
  stopIds: readonly number[];
  /** At least 1. */
  maxTokens: number;
  /** Text tokens of the prompt and of what was said already, for the repetition penalty. */
  contextIds: readonly number[];
  /** Keeps the answer in a form. */
  constraint?: AnswerConstraint | null;
  signal: AbortSignal | undefined;
}

/** Tokens after which the logits are looked at again: a device that broke is noticed within a second or two. */
const CHECK_EVERY = 16;

/** Throws `backend-failed` with reason `no-numbers` when the device computes nothing that could be an answer. */
async function checkLogits(language: Language): Promise<void> {
  const logits = await language.logits();
  const first = logits[0]!;
  // A lost kernel leaves zeros behind, a broken one NaN; no model gives all tokens the same logit.
  if (logits.every((logit) => logit === first) || logits.some(Number.isNaN)) throw noNumbers();
}

/** Chooses the next token from what the last graph run left behind. `seen` are the tokens of the context. */
async function choose(language: Language, options: GenerateOptions, seen: readonly number[]): Promise<number> {
  const { sampling, random, constraint } = options;
  if (isGreedy(sampling)) {
    const id = await language.nextToken();
    // Mostly the likeliest token is an allowed one, and no row of logits has to be read.
    if (!constraint || constraint.allows(id)) return id;
  }
  const logits = await language.logits();
  if (constraint) maskLogits(logits, constraint.allowed());
  return sample(logits, seen, sampling, random);
}

/** Yields ids as they are chosen; returns why it ended. Aborting ends it between two tokens. */
export async function* generate(
  runtime: Runtime,
  language: Language,
  options: GenerateOptions,
): AsyncGenerator<number, FinishReason, void> {
  const { sampling, stopIds, maxTokens, signal } = options;
  const seen = sampling.repetition_penalty === 1 ? [] : [...options.contextIds];
  if (maxTokens < 1) return 'length';
  for (let count = 1; ; count++) {
    if (count % CHECK_EVERY === 1) await checkLogits(language);
    const id = await choose(language, options, seen);
    if (stopIds.includes(id)) return 'stop';
    options.constraint?.accept(id);
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
