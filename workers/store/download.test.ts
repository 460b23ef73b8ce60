import { describe, expect, it } from 'vitest';
import { CHUNK } from './test/model-folder.ts';
import type { Fault, Request } from './test/scripted-server.ts';
import { readsAs, SHORT_STALL, setting } from './test/setting.ts';

const WEIGHTS = 'weights/0.bin';
const WEIGHT_BYTES = 10 * CHUNK + 100;

/** The fault for the first `times` requests of the weights; everything else is served well. */
const first =
  (fault: Fault, times = 1) =>
  ({ path, count }: Request): Fault | undefined =>
    path === WEIGHTS && count < times ? fault : undefined;

const flip = (at: number): Pick<Fault, 'alter'> => ({
  alter: (body, start) => {
    if (at >= start && at < start + body.length) body[at - start] = (body[at - start] ?? 0) ^ 1;
    return body;
  },
});

describe('ends in the right file after', () => {
  const cases: [string, Fault, number, number][] = [
    // name, fault, for so many requests, bytes of the weights that may be sent more than once
    ['a cut before the first byte', { cutAfter: 0 }, 1, CHUNK],
    ['a cut at 1 %', { cutAfter: Math.round(WEIGHT_BYTES * 0.01) }, 1, CHUNK],
    ['a cut at 25 %', { cutAfter: Math.round(WEIGHT_BYTES * 0.25) }, 1, CHUNK],
    ['a cut at 50 %', { cutAfter: Math.round(WEIGHT_BYTES * 0.5) }, 1, CHUNK],
    ['a cut at a chunk edge', { cutAfter: 4 * CHUNK }, 1, CHUNK],
    ['a cut at 99.9 %', { cutAfter: Math.round(WEIGHT_BYTES * 0.999) }, 1, CHUNK],
    ['a cut in every chunk', { cutAfter: CHUNK - 1 }, 10, 10 * CHUNK],
    ['silence before the headers', { stallAfter: -1 }, 1, 0],
    ['silence in the middle', { stallAfter: 5 * CHUNK + 7 }, 1, CHUNK],
    ['503', { status: 503, body: 'busy' }, 3, 12],
    ['429 with Retry-After', { status: 429, body: 'slow down', headers: { 'retry-after': '0' } }, 2, 18],
    ['500 four times', { status: 500, body: '' }, 4, 0],
    ['one flipped bit', flip(3 * CHUNK + 5), 1, WEIGHT_BYTES],
    ['a whole body that is too long', { alter: (body) => Buffer.concat([body, Buffer.alloc(5000)]) }, 1, 5000],
    ['a gzipped body', { gzip: true }, 1, 0],
  ];
  it.each(cases)('%s', async (_, fault, times, waste) => {
    const { server, folder, load } = await setting();
    server.plan = first(fault, times);
    const model = await load(fault.stallAfter === undefined ? {} : { timing: SHORT_STALL });
    expect(await readsAs(model, folder)).toBe(true);
    expect(model.stored).toBe(true);
    expect(server.sent(WEIGHTS)).toBeLessThanOrEqual(WEIGHT_BYTES + waste + (fault.gzip ? 200 : 0));
  });

  it('a cut, when the server then ignores ranges', async () => {
    const { server, folder, load } = await setting();
    server.plan = ({ path, count }) =>
      path !== WEIGHTS ? undefined : count === 0 ? { cutAfter: 4 * CHUNK + 500 } : { ignoreRange: true };
    expect(await readsAs(await load(), folder)).toBe(true);
    expect(server.log.filter((entry) => entry.path === WEIGHTS)).toHaveLength(2);
  });

  const afterCut: [string, Fault][] = [
    ['then 416', { status: 416, body: '' }],
    ['then a wrong Content-Range', { headers: { 'content-range': `bytes 0-99/${WEIGHT_BYTES}` } }],
    ['then another file length', { headers: { 'content-range': `bytes ${4 * CHUNK + 500}-10339/99999` } }],
    ['then a gzipped part', { gzip: true }],
  ];
  it.each(afterCut)('a cut, %s: asks for the whole file', async (_, fault) => {
    const { server, folder, load } = await setting();
    server.plan = ({ path, count, range }) => {
      if (path !== WEIGHTS) return undefined;
      if (count === 0) return { cutAfter: 4 * CHUNK + 500 };
      return range ? fault : undefined;
    };
    expect(await readsAs(await load(), folder)).toBe(true);
    expect(server.log.filter((entry) => entry.path === WEIGHTS).map((entry) => entry.range === null)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('a cut, when the rest comes from another file: only the chunk that mixes both is fetched again', async () => {
    const { server, folder, load } = await setting();
    server.plan = ({ path, count }) => {
      if (path !== WEIGHTS) return undefined;
      if (count === 0) return { cutAfter: 4 * CHUNK + 500 };
      return count === 1 ? { alter: (body) => body.map((byte) => byte ^ 255) as Buffer } : undefined;
    };
    expect(await readsAs(await load(), folder)).toBe(true);
    expect(server.log.filter((entry) => entry.path === WEIGHTS).at(-1)?.range?.first).toBe(4 * CHUNK);
  });

  it('ranges hidden from another origin: the sums decide', async () => {
    const { server, folder, load } = await setting();
    server.plan = first({ cutAfter: 2 * CHUNK });
    const model = await load({
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        const headers = new Headers(response.headers);
        headers.delete('content-range');
        return new Response(response.body, { status: response.status, headers });
      },
    });
    expect(await readsAs(model, folder)).toBe(true);
  });
});

describe('ends with a named error, and a retry fetches only the rest, after', () => {
  const cases: [string, Fault, { code: string; evidence?: object }][] = [
    ['404', { status: 404, body: 'no' }, { code: 'download-failed', evidence: { status: 404, path: WEIGHTS } }],
    ['403', { status: 403, body: 'no' }, { code: 'download-failed', evidence: { status: 403 } }],
    ['503 for ever', { status: 503, body: '' }, { code: 'download-failed', evidence: { status: 503, tries: 5 } }],
    ['cuts for ever', { cutAfter: 0 }, { code: 'download-failed', evidence: { path: WEIGHTS, tries: 5 } }],
    ['silence for ever', { stallAfter: 0 }, { code: 'download-failed', evidence: { stall_ms: 300 } }],
    [
      'a sign-in page',
      { body: '<!doctype html>', headers: { 'content-type': 'text/html; charset=utf-8' } },
      { code: 'download-failed', evidence: { content_type: 'text/html; charset=utf-8' } },
    ],
    [
      'a file that is too short',
      { alter: (body) => body.subarray(0, 0) },
      { code: 'download-failed', evidence: { expected: WEIGHT_BYTES, received: 0 } },
    ],
    [
      'the same wrong bit every time',
      flip(2 * CHUNK),
      { code: 'chunk-corrupt', evidence: { chunk: 2, path: WEIGHTS } },
    ],
    ['another model', { alter: (body) => Buffer.alloc(body.length) }, { code: 'chunk-corrupt' }],
  ];
  it.each(cases)('%s', async (_, fault, expected) => {
    const { server, folder, load } = await setting();
    server.plan = ({ path }) => (path === WEIGHTS ? fault : undefined);
    const timing = fault.stallAfter === undefined ? {} : SHORT_STALL;
    await expect(load({ timing })).rejects.toMatchObject(expected);
    server.plan = () => undefined;
    server.log.length = 0;
    expect(await readsAs(await load(), folder)).toBe(true);
    expect(server.log.map((entry) => entry.path)).toEqual(['manifest.json', WEIGHTS]);
  });

  it('gives up after at most five tries of one chunk', async () => {
    const { server, load } = await setting();
    server.plan = ({ path }) => (path === WEIGHTS ? { status: 500, body: '' } : undefined);
    await expect(load()).rejects.toMatchObject({ code: 'download-failed' });
    expect(server.log.filter((entry) => entry.path === WEIGHTS)).toHaveLength(5);
  });

  it('stops at once when aborted while it waits for the next try', async () => {
    const { server, load } = await setting();
    const controller = new AbortController();
    server.plan = ({ path }) => {
      if (path !== WEIGHTS) return undefined;
      setTimeout(() => controller.abort(), 5);
      return { status: 503, body: '', headers: { 'retry-after': '60' } };
    };
    const loading = load({ signal: controller.signal, timing: { maxRetryDelayMs: 60_000 } });
    await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('does not even start when aborted before', async () => {
    const { server, load } = await setting();
    await expect(load({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
    expect(server.sent()).toBe(0);
  });
});

describe('the manifest', () => {
  const cases: [string, Fault, string][] = [
    ['missing', { status: 404, body: 'no' }, 'download-failed'],
    ['a sign-in page', { body: '<html>', headers: { 'content-type': 'text/html' } }, 'download-failed'],
    ['no JSON', { body: '{"format": 1,' }, 'manifest-invalid'],
    ['of another format', { body: '{"format": 2}' }, 'manifest-invalid'],
    ['never sent', { stallAfter: -1 }, 'download-failed'],
  ];
  it.each(cases)('%s is a named error', async (_, fault, code) => {
    const { server, open } = await setting();
    server.plan = () => fault;
    await expect(open({ timing: SHORT_STALL })).rejects.toMatchObject({ code });
  });

  it('is tried again after a cut', async () => {
    const { server, folder, load } = await setting();
    server.plan = ({ path, count }) => (path === 'manifest.json' && count < 3 ? { cutAfter: 20 } : undefined);
    expect(await readsAs(await load(), folder)).toBe(true);
  });
});
