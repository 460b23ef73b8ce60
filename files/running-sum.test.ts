/** The running sum is what Node makes of the same bytes, however they are cut. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runningSum as nodeSum } from './node/sha256.ts';
import { runningSum } from './running-sum.ts';
import { sha256 } from './sha256.ts';

const expected = (parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

test('nothing, a text, and every length around a block', async () => {
  expect(runningSum().hex()).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 131) & 255);
    const sum = runningSum();
    sum.update(bytes);
    expect(sum.hex()).toBe(expected([bytes]));
    expect(await sha256(bytes)).toBe(expected([bytes]));
  }
});

test('parts of any length, and more than 2^29 bytes, whose count in bits needs two words', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (parts) => {
      for (const sum of [runningSum(), nodeSum()]) {
        for (const part of parts) sum.update(part);
        expect(sum.hex()).toBe(expected(parts));
      }
    }),
  );
  const mebibyte = new Uint8Array(2 ** 20).fill(7);
  const many = Array.from({ length: 513 }, () => mebibyte);
  const sum = runningSum();
  for (const part of many) sum.update(part);
  expect(sum.hex()).toBe(expected(many));
});
