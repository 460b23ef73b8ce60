/** One contract over all doors to files; that of a browser's private file system runs in a browser, in e2e/build.spec.ts. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sink, Source } from '../contract/files.ts';
import { httpSource } from './http/source.ts';
import { memorySink, memorySource } from './memory.ts';
import { replacingSink } from './node/replacing.ts';
import { folderSink } from './node/sink.ts';
import { folderSource } from './node/source.ts';
import { SAMPLE, SINK_CASES, SOURCE_CASES } from './test/folders.ts';

let folder = '';
let count = 0;
const fresh = (): string => join(folder, `fresh-${count++}`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  for (const [path, bytes] of Object.entries(SAMPLE)) {
    await mkdir(dirname(join(folder, 'sample', path)), { recursive: true });
    await writeFile(join(folder, 'sample', path), bytes);
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Serves SAMPLE, cuts every third answer in the middle, and knows ranges only when asked to. */
async function serve(ranges: boolean): Promise<{ origin: string; close(): void }> {
  let asked = 0;
  const server = createServer((request, response) => {
    const bytes = SAMPLE[(request.url ?? '').slice(1)];
    if (!bytes) return void response.writeHead(404).end();
    const match = ranges ? /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') : null;
    const [first, last] = match ? [Number(match[1]), Number(match[2] || bytes.length - 1)] : [0, bytes.length - 1];
    const body = Buffer.from(bytes.subarray(first, last + 1));
    const range = match ? { 'content-range': `bytes ${first}-${last}/${bytes.length}` } : {};
    response.writeHead(match ? 206 : 200, { ...range, 'content-length': body.length });
    if (asked++ % 3 === 1 && body.length > 20)
      response.write(body.subarray(0, body.length / 2), () => setTimeout(() => response.destroy(), 30));
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

const overHttp = async (ranges: boolean): Promise<{ source: Source; close(): void }> => {
  const { origin, close } = await serve(ranges);
  const files = Object.entries(SAMPLE).map(([path, { length }]) => ({ path, bytes: length }));
  const timing = { retryDelayMs: 1, maxRetryDelayMs: 5 };
  return { source: httpSource({ name: origin, files, urlOf: (path) => `${origin}/${path}`, timing }), close };
};
const local = (source: Source) => ({ source, close: () => undefined });

describe.each<[string, () => { source: Source; close(): void } | Promise<{ source: Source; close(): void }>]>([
  ['memory', () => local(memorySource(new Map(Object.entries(SAMPLE))))],
  ['a folder on a disk', () => local(folderSource(join(folder, 'sample')))],
  ['a server', () => overHttp(true)],
  ['a server that ignores ranges', () => overHttp(false)],
])('source: %s', (_, open) => {
  test.each(Object.entries(SOURCE_CASES))('%s', async (_title, check) => {
    const { source, close } = await open();
    try {
      await check(source);
    } finally {
      close();
    }
  });
});

describe.each<[string, () => Sink | Promise<Sink>]>([
  ['memory', () => memorySink()],
  ['a folder on a disk', () => folderSink(fresh())],
  ['a folder that is replaced', () => replacingSink(fresh())],
])('sink: %s', (_, open) => {
  test.each(Object.entries(SINK_CASES))('%s', async (_title, check) => check(await open()));
});

describe('a folder that is replaced', () => {
  test('is as it was until the end, and new then', async () => {
    const out = fresh();
    await mkdir(out);
    await writeFile(join(out, 'mine.txt'), 'mine');
    await expect(replacingSink(out)).rejects.toMatchObject({ code: 'request-invalid' });
    const sink = await replacingSink(out, { force: true });
    await sink.write('deep/new.txt', 0, Buffer.from('new'));
    expect(await readdir(out)).toEqual(['mine.txt']);
    await sink.finish();
    expect(await readdir(out)).toEqual(['deep']);
    expect(await readFile(join(out, 'deep/new.txt'), 'utf8')).toBe('new');
  });

  test('leaves nothing behind when it is given up, also of the folders above it', async () => {
    const above = fresh();
    const sink = await replacingSink(join(above, 'one/two'));
    await sink.write('x', 0, Uint8Array.of(1));
    expect((await readdir(folder)).some((name) => above.endsWith(name))).toBe(true);
    await sink.abort();
    expect((await readdir(folder)).some((name) => above.endsWith(name))).toBe(false);
    const other = await replacingSink(join(folder, 'other'));
    await other.write('x', 0, Uint8Array.of(1));
    await other.abort();
    expect((await readdir(folder)).some((name) => name.includes('other'))).toBe(false);
  });

  test('keeps the old folder when the new one cannot take its place', async () => {
    const out = fresh();
    await mkdir(out);
    await writeFile(join(out, 'mine.txt'), 'mine');
    const sink = await replacingSink(out, { force: true });
    await sink.write('x', 0, Uint8Array.of(1));
    const [hidden] = (await readdir(folder)).filter((name) => name.includes('.building-'));
    await rm(join(folder, hidden as string), { recursive: true });
    await expect(sink.finish()).rejects.toMatchObject({ code: 'request-invalid' });
    expect(await readdir(out)).toEqual(['mine.txt']);
    await sink.abort();
  });
});
