/** Downloads into a folder: what is fetched again after a stop, a cut, a lie; what is left behind. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sink } from '../../contract/files.ts';
import { noise } from '../../faults/model-folder.ts';
import { ScriptedServer } from '../../faults/scripted-server.ts';
import { memorySink } from '../memory.ts';
import { runningSum } from '../running-sum.ts';
import { sha256 } from '../sha256.ts';
import { downloadInto, type RemoteFile } from './into.ts';
import { WholeSum } from './whole-sum.ts';

const MIB = 1024 * 1024;
const bytes = noise(3 * MIB + 12_345, 9);
const TIMING = { retryDelayMs: 1, maxRetryDelayMs: 20, stallMs: 20_000, maxTries: 3 };

let server: ScriptedServer;
let file: RemoteFile;
let sink: Sink;
beforeAll(async () => {
  server = await ScriptedServer.start({ files: new Map([['w.bin', bytes]]) } as never);
  const sum = await sha256(bytes);
  file = { path: 'weights/w.bin', url: `${server.url}w.bin`, bytes: bytes.length, sha256: sum, version: 'v1' };
});
afterAll(() => server.stop());
beforeEach(() => {
  server.plan = () => undefined;
  server.log.length = 0;
  sink = memorySink();
});

const options = { fetch, timing: TIMING, runningSum };
const download = (changes: Partial<RemoteFile> = {}, more: object = {}) =>
  downloadInto(sink, { ...file, ...changes }, { ...options, ...more });
const whole = async () => Buffer.compare(await sink.written.read(file.path), bytes) === 0;

/** Stops once so many bytes are here. */
async function stopAt(here: number): Promise<void> {
  const stop = new AbortController();
  const onBytes = (count: number): void => {
    if (count >= here) stop.abort();
  };
  await expect(download({}, { signal: stop.signal, onBytes })).rejects.toMatchObject({ code: 'cancelled' });
}

describe('downloadInto', () => {
  test('fetches once, and what is there and right not at all', async () => {
    const seen: number[] = [];
    await download({}, { onBytes: (here: number) => seen.push(here) });
    expect(await whole()).toBe(true);
    expect(seen.at(-1)).toBe(bytes.length);
    expect(await sink.written.list()).toEqual([file.path]);
    await download();
    expect(server.log).toHaveLength(1);
  });

  test('goes on where it was stopped: at most the last mebibyte is fetched again', async () => {
    await stopAt(2.5 * MIB);
    expect(await sink.written.list()).toEqual([`${file.path}.v1.partial`]);
    await download();
    expect(await whole()).toBe(true);
    expect(server.log.map(({ range }) => range?.first ?? 0)).toEqual([0, 2 * MIB]);
    expect(await sink.written.list()).toEqual([file.path]);
  });

  test('another version begins again', async () => {
    await stopAt(2.5 * MIB);
    await download({ version: 'v2' });
    expect(await whole()).toBe(true);
    expect(server.log.map(({ range }) => range)).toEqual([null, null]);
  });

  test('a connection that is cut, in one run, costs no byte twice', async () => {
    server.plan = ({ count }) => (count === 0 ? { cutAfter: 1.5 * MIB } : undefined);
    await download();
    expect(await whole()).toBe(true);
    const again = server.log[1]?.range?.first ?? 0;
    expect(again).toBeGreaterThan(MIB);
    expect(server.log).toHaveLength(2);
  });

  test('wrong bytes, of this run or of an earlier one, are discarded with a named error; the next run is right', async () => {
    await stopAt(2.5 * MIB);
    await sink.write(`${file.path}.v1.partial`, 77, Uint8Array.of((bytes[77] ?? 0) ^ 1));
    await expect(download()).rejects.toMatchObject({ code: 'chunk-corrupt', evidence: { path: file.path } });
    expect(await sink.written.list()).toEqual([]);
    server.plan = ({ count }) => (count === 2 ? { alter: (body) => body.fill(0, 5, 9) } : undefined);
    await expect(download()).rejects.toMatchObject({ code: 'chunk-corrupt' });
    await download();
    expect(await whole()).toBe(true);
  });

  test('more than was promised lies there from before: it goes; a damaged file is fetched again', async () => {
    await sink.write(`${file.path}.v1.partial`, bytes.length, Uint8Array.of(1));
    await sink.write(file.path, 0, new Uint8Array(bytes.length));
    await download();
    expect(await whole()).toBe(true);
  });

  test('without a sum the length decides; a file without bytes is a file', async () => {
    await download({ sha256: null });
    expect(await whole()).toBe(true);
    await download({ path: 'empty', bytes: 0, sha256: null });
    expect(await sink.written.size('empty')).toBe(0);
  });

  test('a server that is not well, or a folder that is full, is a named error, and what arrived is kept', async () => {
    server.plan = () => ({ status: 503, body: '' });
    await expect(download()).rejects.toMatchObject({ code: 'download-failed' });
    server.plan = () => undefined;
    const full: Sink = {
      ...sink,
      write: async (path, offset, part) => {
        if (offset >= 2 * MIB) throw new DOMException('full', 'QuotaExceededError');
        await sink.write(path, offset, part);
      },
    };
    await expect(downloadInto(full, file, options)).rejects.toMatchObject({ code: 'quota' });
    expect(await sink.written.size(`${file.path}.v1.partial`)).toBe(2 * MIB);
  });
});

test('WholeSum: chunks kept before and chunks that arrive in any order make one sum, or are let go of', async () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 90 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(chunks, fc.array(fc.nat(7)), fc.boolean(), async (all, order, damage) => {
      const sum = await sha256(new Uint8Array(Buffer.concat(all)));
      const here = all.map((chunk, i) => (order.includes(i) ? undefined : chunk));
      let discarded = false;
      const discard = async (): Promise<void> => void (discarded = true);
      const promised = damage ? sum.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) : sum;
      const made = new WholeSum({ sha256: promised, running: runningSum, kept: async (i) => here[i], discard });
      for (const i of new Set(order.filter((index) => index < all.length))) {
        await made.passed(i, all[i] as Uint8Array);
        here[i] = all[i];
      }
      const outcome = await made.check('x', all.length).then(
        () => 'right',
        (thrown: { code: string }) => thrown.code,
      );
      expect([outcome, discarded]).toEqual(damage ? ['chunk-corrupt', true] : ['right', false]);
    }),
  );
});
