import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ErrorCode } from '../contract/errors.ts';
import { retryAfter } from '../files/http/request.ts';
import { CHUNK } from '../faults/model-folder.ts';
import type { Fault } from '../faults/scripted-server.ts';
import { readsAs, setting } from './test/setting.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

it.each([
  ['0', 0],
  [' 7 ', 7000],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After %j means %j ms', (header, wait) => {
  expect(retryAfter(header, NOW)).toBe(wait);
});

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ cutAfter: fc.nat(11 * CHUNK) }),
  fc.record({ status: fc.constantFrom(400, 403, 404, 416, 429, 500, 503), body: fc.constant('no') }),
  fc.record({ ignoreRange: fc.constant(true), cutAfter: fc.nat(11 * CHUNK) }),
  fc.record({ headers: fc.record({ 'content-range': fc.constantFrom('bytes 0-1/2', 'bytes */9', 'lies') }) }),
  fc.record({ gzip: fc.constant(true) }),
  fc.tuple(fc.nat(11 * CHUNK), fc.nat(7)).map(
    ([at, bit]): Fault => ({
      alter: (body) => body.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte)) as Buffer,
    }),
  ),
  fc.nat(11 * CHUNK).map((length): Fault => ({ alter: (body) => body.subarray(0, length) })),
);

it('any sequence of faults ends in the right bytes or in a named error, and after it a retry succeeds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fault, { nil: undefined }), { maxLength: 12 }), async (faults) => {
      const { server, folder, load } = await setting();
      let served = 0;
      server.plan = ({ path }) => (path === 'manifest.json' ? undefined : faults[served++]);
      const outcome = await load().then(
        (model) => readsAs(model, folder),
        (thrown: { code: ErrorCode }) => thrown.code,
      );
      expect([true, 'download-failed', 'chunk-corrupt']).toContain(outcome);
      server.plan = () => undefined;
      expect(await readsAs(await load(), folder)).toBe(true);
      await server.stop();
    }),
    { numRuns: 10 },
  );
});
