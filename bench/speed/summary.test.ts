/** Medians and ranges. */
import { expect, test } from 'vitest';
import { gather, median, summarise, summaryTable } from './summary.ts';

test('the median does not follow outliers and needs no order', () => {
  expect(median([9000, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
});

test('a summary has median, range and the values, to one decimal', () => {
  expect(summarise({ name: 'a', unit: 'ms', values: [1.04, 3.06, 2] })).toEqual({
    name: 'a',
    unit: 'ms',
    median: 2,
    min: 1,
    max: 3.1,
    values: [1, 3.1, 2],
  });
});

test('runs are gathered by name; what a run did not measure is left out', () => {
  const summaries = gather([{ a: 1, b: 5 }, { a: 3 }], { a: 'ms', b: 'tokens/s' });
  expect(summaries.map(({ name, values }) => [name, values])).toEqual([['a', [1, 3]]]);
  expect(summaryTable(summaries)).toMatch(/^ +median +range\na +2 +1 - 3 {2}ms$/);
});
