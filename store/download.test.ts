import { describe, expect, it } from 'vitest';
import { CHUNK } from '../faults/model-folder.ts';
import type { Fault, Request } from '../faults/scripted-server.ts';
import { readsAs, SHORT_STALL, setting } from './test/setting.ts';

const WEIGHTS = 'weights/0.bin';
const WEIGHT_BYTES = 10 * CHUNK + 100;

/** The fault for the first `times` requests of the weights; everything else is served well. */
const first =
  (fault: Fault, times = 1) =>
  ({ path, count }: Request): Fault | undefined =>
    path === WEIGHTS && count < times ? fault : undefined;

describe('ends in the right file, by as few requests as possible, after', () => {
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

describe('gives up', () => {
  it('after at most five tries of one chunk', async () => {
    const { server, load } = await setting();
    server.plan = ({ path }) => (path === WEIGHTS ? { status: 500, body: '' } : undefined);
    await expect(load()).rejects.toMatchObject({ code: 'download-failed' });
    expect(server.log.filter((entry) => entry.path === WEIGHTS)).toHaveLength(5);
  });

  it('at once when aborted while it waits for the next try', async () => {
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

  it('before it starts when aborted before', async () => {
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
