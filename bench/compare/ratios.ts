/** Times of several contenders, taken in turns → medians with ranges, and ratios of what was measured side by side. */
import { median } from '../speed/summary.ts';

export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** One metric's values by contender; those of one place were measured one after the other. */
export type Rounds = Readonly<Record<string, readonly number[]>>;

/** Values by metric and contender, one for each round. Milliseconds; memory in bytes. */
export type Samples = Record<string, Record<string, number[]>>;

export function note(samples: Samples, metric: string, contender: string, value: number): void {
  const byContender = (samples[metric] ??= {});
  (byContender[contender] ??= []).push(value);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

export function spread(values: readonly number[]): Spread {
  return {
    median: rounded(median(values)),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
  };
}

/**
 * `over[i] / under[i]` for each round, so that what slowed one round down slowed both of its sides.
 * Throws when a side lacks a round.
 */
export function pairedRatios(rounds: Rounds, over: string, under: string): number[] {
  const above = rounds[over] ?? [];
  const below = rounds[under] ?? [];
  if (above.length === 0 || above.length !== below.length)
    throw new Error(`${over} has ${above.length} rounds and ${under} ${below.length}.`);
  return above.map((value, i) => value / (below[i] as number));
}

/** 0, 1, 2 → 0, 1, 2; then 1, 2, 0; then 2, 0, 1: nobody is always first. */
export function inTurn<T>(items: readonly T[], round: number): T[] {
  const shift = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(shift), ...items.slice(0, shift)];
}
