/** The builder in a browser's worker: a checkpoint is fetched into OPFS and built there, to the same bytes as in Node. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Page } from '@playwright/test';
import { build } from 'vite';
import { serve } from '../scripts/serve.mjs';
import type { Building, CheckpointFile } from './build/build.worker.ts';
import { expect, test } from './test.ts';

const FIXTURE = 'fixtures/mipha/tiny-mipha-phi2';
const FILES = ['config.json', 'model.safetensors'];
const VARIANTS = ['wasm-int8', 'webgpu-q4f16', 'webgpu-q8f32'];
const CARD = { id: 'tiny', name: 'tiny', description: '', license: '', source: { repo: '', revision: '' } };

let site = '';
let host: { url: string; close: () => Promise<void> };

test.beforeAll(async () => {
  site = mkdtempSync(join(tmpdir(), 'build-'));
  await build({
    root: join(import.meta.dirname, 'build'),
    base: './',
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: join(site, 'page'), emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0 },
  });
  cpSync(FIXTURE, join(site, 'checkpoint'), { recursive: true });
  host = await serve({ root: site, port: 0, isolated: true, guarded: true });
});
test.afterAll(async () => {
  await host.close();
  rmSync(site, { recursive: true });
});

const sumOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

function sumsBelow(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [relative(folder, path), sumOf(path)]));
}

function call<M extends keyof Building>(
  page: Page,
  method: M,
  ...args: unknown[]
): Promise<Awaited<ReturnType<Building[M]>>> {
  const run = ([name, values]: [string, unknown[]]) =>
    (globalThis as unknown as { building: Record<string, (...args: unknown[]) => unknown> }).building[name]?.(
      ...values,
    );
  return page.evaluate(run, [method, args] as [string, unknown[]]) as Promise<Awaited<ReturnType<Building[M]>>>;
}

async function open(page: Page): Promise<void> {
  await page.goto(`${host.url}page/`);
  await page.waitForFunction(() => 'building' in globalThis);
}

const checkpoint = (): CheckpointFile[] =>
  FILES.map((path) => {
    const bytes = readFileSync(join(FIXTURE, path));
    return { path, url: `${host.url}checkpoint/${path}`, bytes: bytes.length, sha256: sumOf(join(FIXTURE, path)) };
  });

test('a folder in OPFS is a Source and a Sink as all others are, and one that is replaced is so at the end', async ({
  page,
}) => {
  await open(page);
  const results = await call(page, 'contract');
  expect(Object.keys(results).length).toBeGreaterThan(12);
  expect(results).toEqual(Object.fromEntries(Object.keys(results).map((title) => [title, 'passed'])));
  expect(await call(page, 'replace')).toEqual([['old'], ['old'], ['new/file'], ['new/file'], ['new/file']]);
});

test('a checkpoint is fetched into OPFS and built to the same bytes as in Node, self-test answers included', async ({
  page,
}) => {
  const out = join(site, 'node', CARD.id);
  const words = [FIXTURE, '--out', out, '--no-tokenizer', '--variants', VARIANTS.join(',')];
  const node = spawnSync(process.execPath, ['--import', 'tsx', 'cli/build-model.ts', ...words], { encoding: 'utf8' });
  expect(node.status, node.stderr).toBe(0);
  const expected = sumsBelow(out);
  expect(Object.keys(expected)).toContain('manifest.json');

  await open(page);
  expect(await call(page, 'fetch', checkpoint(), 1)).toBe('cancelled');
  await page.reload();
  await open(page);
  expect(await call(page, 'fetch', checkpoint())).toBe('done');
  for (const step of ['weights', 'checksums'])
    expect(await call(page, 'build', VARIANTS, CARD, step)).toEqual(['AbortError', 'checkpoint']);
  expect(await call(page, 'build', VARIANTS, CARD)).toEqual(expected);
  expect(await call(page, 'list')).toEqual(['checkpoint', CARD.id]);
});
