import { expect, test } from 'vitest';
import { TokenPace } from './token-pace.ts';

test('nothing is concluded from few pieces; then the slowest gap sets the limit, and it never shrinks', () => {
  const pace = new TokenPace(1500);
  expect([0, 5, 10, 15].map((now) => pace.note(now))).toEqual([null, null, null, null]);
  expect(pace.note(20)).toBe(1500);
  expect(pace.note(220)).toBe(4000);
  expect(pace.note(221)).toBe(4000);
});
