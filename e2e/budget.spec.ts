/** What the built page costs to fetch, gzipped: its scripts up to the first screen, and all of them without the runtimes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const ASSETS = join(import.meta.dirname, '../dist/assets');
const KB = 1024;

const read = (name: string): string => readFileSync(join(ASSETS, name), 'utf8');
const size = (names: Iterable<string>): number =>
  [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(ASSETS, name))).length, 0);

/** A script and everything it needs before it runs. */
function withImports(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, imported] of read(name).matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g))
    withImports(imported ?? '', found);
  return found;
}

/**
 * Not the page: other people's engines, fetched only where they are used (ONNX Runtime, transformers.js in the hub's
 * worker), what keeps answers in a form, fetched with the first such answer, and the frame for other sites.
 */
function isElsewhere(name: string): boolean {
  return /^(ort|hub\.worker-|forms-|embed-)/.test(name);
}

test('the scripts of the page stay within their budgets', () => {
  const html = readFileSync(join(ASSETS, '../index.html'), 'utf8');
  const entry = /<script[^>]*src="\.\/assets\/([^"]+)"/.exec(html)?.[1] ?? '';
  const first = withImports(entry);
  const all = readdirSync(ASSETS).filter((name) => /\.m?js$/.test(name));
  const runtimes = all.filter(isElsewhere);
  expect(runtimes.some((name) => name.startsWith('hub.worker-'))).toBe(true);
  const whole = size(all.filter((name) => !runtimes.includes(name)));
  const kilobytes = (bytes: number): string => `${(bytes / KB).toFixed(1)} KB`;
  const figures = `first screen ${kilobytes(size(first))} of 90, everything but the runtimes ${kilobytes(whole)} of 250`;
  process.stdout.write(`${figures}\n`);
  expect(size(first), [...first].join(', ')).toBeLessThanOrEqual(90 * KB);
  expect(whole, all.join(', ')).toBeLessThanOrEqual(250 * KB);
});

test('no worker needs code of the page, and the service worker is one file', () => {
  const workers = readdirSync(ASSETS).filter((name) => /\.worker-[\w-]+\.js$/.test(name));
  expect(workers.map((name) => name.replace(/-[\w-]{8}\.js$/, '')).sort()).toEqual([
    'hub.worker',
    'inference.worker',
    'store.worker',
  ]);
  const needed = new Set(workers.flatMap((name) => [...withImports(name)]));
  expect([...needed].filter((name) => /^(react|shared|index|forwarding)-/.test(name))).toEqual([]);
  expect(readFileSync(join(ASSETS, '../sw.js'), 'utf8')).not.toMatch(/\bimport\b/);
});
