import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { newId } from '../contract/new-id.ts';
import { noWebGpu } from '../contract/secure-context.ts';
import { runningSum } from './running-sum.ts';
import { sha256 } from './sha256.ts';

const expected = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Without Web Crypto, in two pieces. */
function computed(bytes: Uint8Array): string {
  const sum = runningSum();
  sum.update(bytes.subarray(0, bytes.length >> 1));
  sum.update(bytes.subarray(bytes.length >> 1));
  return sum.hex();
}

/** A page over plain http has `crypto` with nothing but random numbers in it. */
function overPlainHttp(): void {
  const random = globalThis.crypto;
  vi.stubGlobal('crypto', { getRandomValues: (array: Uint8Array<ArrayBuffer>) => random.getRandomValues(array) });
  vi.stubGlobal('isSecureContext', false);
}

afterEach(() => vi.unstubAllGlobals());

it('computes the same sums as Node, for every length around the ends of blocks', () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = new Uint8Array(length).fill(length);
    expect(computed(bytes)).toBe(expected(bytes));
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat(70), (bytes, from) => {
      const part = bytes.subarray(Math.min(from, bytes.length));
      expect(computed(part)).toBe(expected(part));
    }),
  );
});

it('gives the same sum with and without the browser’s own', async () => {
  const bytes = new TextEncoder().encode('a page of any kind');
  expect(await sha256(bytes)).toBe(expected(bytes));
  overPlainHttp();
  expect(await sha256(bytes)).toBe(expected(bytes));
  expect(await sha256(bytes.buffer)).toBe(expected(bytes));
});

it('makes ids over plain http', () => {
  overPlainHttp();
  const ids = Array.from({ length: 200 }, newId);
  expect(new Set(ids).size).toBe(200);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('says what to do where a GPU is asked for over plain http', () => {
  expect(noWebGpu()).toMatchObject({ code: 'webgpu-missing', evidence: {} });
  overPlainHttp();
  expect(noWebGpu()).toMatchObject({
    code: 'webgpu-missing',
    message: expect.stringMatching(/over https or on localhost/),
    evidence: { reason: 'insecureContext' },
  });
});
