/** Counting by skill. */
import { expect, test } from 'vitest';
import { Score, scoreTable } from './tally.ts';

test('counts right answers by skill and in all', () => {
  const score = new Score();
  for (const right of [true, true, false]) score.add('shape', right);
  score.add('color', false);
  expect(Object.entries(score.skills)).toEqual([
    ['color', { correct: 0, total: 1 }],
    ['shape', { correct: 2, total: 3 }],
  ]);
  expect(score.all).toEqual({ correct: 2, total: 4 });
  expect(
    scoreTable(score)
      .split('\n')
      .map((row) => row.split(/ {2,}/)),
  ).toEqual([
    ['color', '0/1', '0.0 %'],
    ['shape', '2/3', '66.7 %'],
    ['all', '2/4', '50.0 %'],
  ]);
});

test('a skill may have any name', () => {
  const score = new Score();
  score.add('__proto__', true);
  expect(score.all).toEqual({ correct: 1, total: 1 });
});
