/** Ratios and turns. */
import { expect, test } from 'vitest';
import { inTurn, pairedRatios, spread } from './ratios.ts';

test('ratios are taken round by round, so that a slow round does not tilt them', () => {
  const rounds = { own: [10, 100, 10], peer: [20, 200, 30] };
  expect(pairedRatios(rounds, 'peer', 'own')).toEqual([2, 2, 3]);
  expect(spread(pairedRatios(rounds, 'peer', 'own'))).toEqual({ median: 2, min: 2, max: 3 });
});

test('a side that lacks a round is an error and no ratio', () => {
  expect(() => pairedRatios({ own: [1], peer: [1, 2] }, 'peer', 'own')).toThrow('2 rounds');
  expect(() => pairedRatios({ own: [] }, 'peer', 'own')).toThrow('0');
});

test('everybody is first once', () => {
  expect([0, 1, 2, 3].map((round) => inTurn(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
});
