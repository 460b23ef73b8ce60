/** Logits → the next token id: greedy, or drawn after temperature, top-k, top-p and repetition penalty. */
import type { SamplingOptions } from '../contract/chat.ts';
import { AppError } from '../contract/errors.ts';

export type Sampling = Required<Omit<SamplingOptions, 'seed'>> & { seed: number | null };

/** A number in [0, 1). */
export type Random = () => number;

/** Fills in defaults. Throws `request-invalid` for a value outside its range. */
export function toSampling(options: SamplingOptions, defaults: Partial<SamplingOptions>): Sampling {
  const sampling: Sampling = {
    temperature: options.temperature ?? defaults.temperature ?? 0,
    top_p: options.top_p ?? defaults.top_p ?? 1,
    top_k: options.top_k ?? defaults.top_k ?? 0,
    repetition_penalty: options.repetition_penalty ?? defaults.repetition_penalty ?? 1,
    seed: options.seed ?? defaults.seed ?? null,
  };
  const { temperature, top_p, top_k, repetition_penalty, seed } = sampling;
  check(Number.isFinite(temperature) && temperature >= 0, 'temperature', 'a number from 0 on');
  check(top_p > 0 && top_p <= 1, 'top_p', 'above 0 and at most 1');
  check(Number.isInteger(top_k) && top_k >= 0, 'top_k', 'a whole number from 0 on');
  check(Number.isFinite(repetition_penalty) && repetition_penalty > 0, 'repetition_penalty', 'above 0');
  check(seed === null || Number.isSafeInteger(seed), 'seed', 'a whole number');
  return sampling;
}

function check(valid: boolean, option: string, allowed: string): void {
  if (!valid) throw new AppError('request-invalid', `${option} has to be ${allowed}.`, { option });
}

/** Whether the graph's own argmax is the answer, so that no logits have to be read. */
export function isGreedy({ temperature, repetition_penalty }: Sampling): boolean {
  return temperature === 0 && repetition_penalty === 1;
}

/** sfc32: small, fast, passes the usual statistical batteries; the same numbers on every machine. */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** What a device that computes NaN, or nothing at all, ends an answer with. */
export function noNumbers(): AppError {
  return new AppError('backend-failed', 'The model computed no usable numbers.', { reason: 'no-numbers' });
}

export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Divides positive and multiplies negative logits of tokens seen before, once each, in place. */
function penalise(logits: Float32Array, seen: Iterable<number>, penalty: number): void {
  for (const id of new Set(seen)) {
    const logit = logits[id];
    if (logit !== undefined) logits[id] = logit > 0 ? logit / penalty : logit * penalty;
  }
}

/**
 * Picks a token. The order is that of Hugging Face: penalty, temperature, top-k, top-p, draw.
 * `logits` is changed in place; `seen` are the text tokens of the context. Throws `backend-failed` for NaN.
 */
export function sample(logits: Float32Array, seen: Iterable<number>, sampling: Sampling, random: Random): number {
  if (sampling.repetition_penalty !== 1) penalise(logits, seen, sampling.repetition_penalty);
  const best = argmax(logits);
  const max = logits[best]!;
  if (!Number.isFinite(max)) throw noNumbers();
  if (sampling.temperature === 0) return best;

  const weights = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i++) weights[i] = Math.exp((logits[i]! - max) / sampling.temperature);
  let ids = Array.from(weights.keys());
  if (sampling.top_k > 0 && sampling.top_k < ids.length) ids = largest(logits, sampling.top_k);
  if (sampling.top_p < 1) ids = nucleus(ids, logits, weights, sampling.top_p);
  return draw(ids, weights, random);
}

function descending(ids: number[], logits: Float32Array): number[] {
  return ids.sort((a, b) => logits[b]! - logits[a]! || a - b);
}

/** The `count` ids of the largest logits. Sorting bare numbers is several times faster than sorting ids by them. */
function largest(logits: Float32Array, count: number): number[] {
  const threshold = logits.slice().sort()[logits.length - count]!;
  const candidates: number[] = [];
  for (const [id, logit] of logits.entries()) if (logit >= threshold) candidates.push(id);
  return descending(candidates, logits).slice(0, count);
}

function sum(ids: number[], weights: Float64Array): number {
  return ids.reduce((total, id) => total + weights[id]!, 0);
}

/** The smallest set of most likely ids whose share reaches `top_p`, likeliest first. */
function nucleus(ids: number[], logits: Float32Array, weights: Float64Array, top_p: number): number[] {
  const total = sum(ids, weights);
  // Ids below this weight hold less than 1 - top_p together, so none is in the set; few are left to sort.
  const floor = ((1 - top_p) * total) / ids.length;
  const sorted = descending(
    ids.filter((id) => weights[id]! >= floor),
    logits,
  );
  let reached = 0;
  const count = sorted.findIndex((id) => (reached += weights[id]!) >= top_p * total);
  return count < 0 ? sorted : sorted.slice(0, count + 1);
}

function draw(ids: number[], weights: Float64Array, random: Random): number {
  let left = random() * sum(ids, weights);
  for (const id of ids) {
    left -= weights[id]!;
    if (left < 0) return id;
  }
  // Rounding can leave a sliver behind the last id.
  return ids.findLast((id) => weights[id]! > 0) ?? ids[0]!;
}
