import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Watchdog } from './watchdog.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('silence is believed after the limit and a second look', () => {
  const silent = vi.fn();
  const watchdog = new Watchdog(1000, silent);
  vi.advanceTimersByTime(900);
  watchdog.alive();
  vi.advanceTimersByTime(1499);
  expect(silent).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(silent).toHaveBeenCalledOnce();
});

test('a machine that slept gives the worker another moment, but not for ever', () => {
  const silent = vi.fn();
  let asleep = 0;
  const now = vi.spyOn(performance, 'now').mockImplementation(() => Date.now() + asleep);
  new Watchdog(1000, silent);
  asleep = 3_600_000; // the clock jumps while the timer waits
  vi.advanceTimersByTime(1500);
  expect(silent).not.toHaveBeenCalled();
  vi.advanceTimersByTime(500);
  expect(silent).toHaveBeenCalledOnce();

  new Watchdog(1000, silent);
  for (let looks = 0; looks < 20; looks++) {
    asleep += 3_600_000;
    vi.advanceTimersByTime(1000);
  }
  expect(silent).toHaveBeenCalledTimes(2);
  now.mockRestore();
});

test('without a limit nobody is given up', () => {
  const silent = vi.fn();
  new Watchdog(Number.POSITIVE_INFINITY, silent);
  vi.advanceTimersByTime(3_600_000);
  expect(silent).not.toHaveBeenCalled();
});
