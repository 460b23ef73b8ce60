/** The static server gives the site and nothing else: types, ranges, revalidation, isolation, no way out of its folder. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRange, serve } from './serve.mjs';

let folder: string;
let site: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'serve-'));
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  mkdirSync(join(folder, 'dist-other'));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'dist-other/secret.txt'), 'secret');
  writeFileSync(join(folder, 'dist/index.html'), '<p>page</p>');
  writeFileSync(join(folder, 'dist/empty.bin'), '');
  writeFileSync(join(folder, 'dist/assets/a-1.wasm'), Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'dist/link.txt'));
  site = await serve({ root: join(folder, 'dist'), port: 0 });
});

afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true });
});

/** A request whose path is sent as it stands; fetch would normalise it. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; body: Buffer; headers: Record<string, unknown> }>((resolve, reject) => {
    const { hostname, port } = new URL(site.url);
    const sent = request({ hostname, port, path, headers, method }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts), headers: response.headers }),
      );
    });
    sent.on('error', reject).end();
  });
}

test('the root is index.html, typed, isolated and under the policy', async () => {
  const { status, body, headers } = await raw('/?source=test');
  expect([status, body.toString()]).toEqual([200, '<p>page</p>']);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  });
});

test('hashed assets may be kept for ever', async () => {
  const { headers } = await raw('/assets/a-1.wasm');
  expect(headers).toMatchObject({ 'content-type': 'application/wasm', 'content-length': '10' });
  expect(headers['cache-control']).toContain('immutable');
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '/../dist-other/secret.txt',
  '/link.txt',
  '/missing.txt',
  '/assets',
  '/%',
  '/index.html%00.txt',
  '//etc/passwd',
])('%s is not found', async (path) => {
  const { status, body } = await raw(path);
  expect([status, body.toString()]).toEqual([404, 'Not found\n']);
});

test('a known ETag is answered with 304 and no body', async () => {
  const first = await raw('/index.html');
  const again = await raw('/index.html', { 'If-None-Match': String(first.headers['etag']) });
  expect([again.status, again.body.length]).toEqual([304, 0]);
});

test('HEAD sends headers only, other methods are refused', async () => {
  const head = await raw('/index.html', {}, 'HEAD');
  expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, '11']);
  expect((await raw('/index.html', {}, 'POST')).status).toBe(405);
});

test('an empty file is an empty answer', async () => {
  const { status, body } = await raw('/empty.bin');
  expect([status, body.length]).toEqual([200, 0]);
});

describe('ranges', () => {
  test.each([
    ['bytes=2-4', [2, 3, 4], 'bytes 2-4/10'],
    ['bytes=7-', [7, 8, 9], 'bytes 7-9/10'],
    ['bytes=-2', [8, 9], 'bytes 8-9/10'],
    ['bytes=8-99', [8, 9], 'bytes 8-9/10'],
    ['bytes=-99', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'bytes 0-9/10'],
  ])('%s', async (range, bytes, contentRange) => {
    const { status, body, headers } = await raw('/assets/a-1.wasm', { Range: range });
    expect([status, [...body], headers['content-range']]).toEqual([206, bytes, contentRange]);
  });

  test.each(['bytes=10-', 'bytes=5-2', 'bytes=-0'])('%s cannot be satisfied', async (range) => {
    const { status, headers } = await raw('/assets/a-1.wasm', { Range: range });
    expect([status, headers['content-range']]).toEqual([416, 'bytes */10']);
  });

  test('forms that are not understood are ignored', () => {
    for (const header of [undefined, '', 'bytes=', 'bytes=-', 'items=0-1', 'bytes=0-1,3-4', 'bytes=a-b'])
      expect(parseRange(header, 10)).toBeNull();
  });

  test('a range of an older version is answered with the whole file', async () => {
    const { status } = await raw('/assets/a-1.wasm', { Range: 'bytes=2-4', 'If-Range': '"old"' });
    expect(status).toBe(200);
  });
});

describe('ports', () => {
  test('a taken port moves on, unless the caller insists', async () => {
    const taken = Number(new URL(site.url).port);
    const next = await serve({ root: folder, port: taken });
    expect(next.url).not.toBe(site.url);
    await next.close();
    await expect(serve({ root: folder, port: taken, strict: true })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('a plain host', () => {
  test('sends nothing that it need not, from a folder of its address and from nowhere else', async () => {
    const plain = await serve({
      root: join(folder, 'dist'),
      port: 0,
      base: '/some/folder/',
      isolated: false,
      guarded: false,
    });
    try {
      expect(plain.url).toMatch(/\/some\/folder\/$/);
      const page = await fetch(new URL('index.html', plain.url));
      expect([page.status, await page.text()]).toEqual([200, '<p>page</p>']);
      const names = [...page.headers.keys()];
      expect(names).toContain('etag');
      expect(names.filter((name) => /policy|nosniff|x-/.test(name))).toEqual([]);
      expect((await fetch(plain.url.slice(0, -1))).url).toBe(plain.url);
      expect((await fetch(new URL('/index.html', plain.url))).status).toBe(404);
      expect((await fetch(new URL('../folder-other/', plain.url))).status).toBe(404);
    } finally {
      await plain.close();
    }
    await expect(serve({ root: folder, base: 'folder' })).rejects.toThrow('slash');
  });
});
