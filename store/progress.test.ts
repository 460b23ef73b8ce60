import { expect, it } from 'vitest';
import type { LoadProgress } from '../contract/backend.ts';
import { Progress } from './progress.ts';

it('tells speed over the last seconds and the time that is left', () => {
  let now = 0;
  const seen: LoadProgress[] = [];
  const file = { path: 'a', bytes: 10_000, chunks: ['1', '2'] };
  const progress = new Progress(
    [file],
    8000,
    new Set(),
    (value) => void seen.push(value),
    () => now,
  );
  expect(seen.at(-1)).not.toHaveProperty('bytes_per_second');
  for (let second = 1; second <= 4; second++) {
    now = second * 1000;
    progress.bytes(1000, 1000);
  }
  expect(seen.at(-1)).toMatchObject({ loaded_bytes: 4000, bytes_per_second: 1000, seconds_left: 6 });
  for (let tick = 1; tick <= 12; tick++) {
    now += 500;
    progress.tick();
  }
  expect(seen.at(-1)).toMatchObject({ bytes_per_second: 0 });
  expect(seen.at(-1)).not.toHaveProperty('seconds_left');
});
