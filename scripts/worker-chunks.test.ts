import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from 'vite';
import { workerChunks } from './worker-chunks.mjs';

const SITE = {
  'index.html': '<script type="module" src="/page.js"></script>',
  'page.js': `import { shared } from './shared.js';
    export const worker = new Worker(new URL('./threads/sum.worker.js', import.meta.url), { type: 'module' });
    document.title = shared();
    addEventListener('click', async () => (await import('./late.js')).show());`,
  'late.js': `import './late.css'; export const show = () => document.body.append('late');`,
  'late.css': 'p { color: red }',
  'threads/sum.worker.js': `import { shared } from '../shared.js';
    globalThis.outcome = (async () => [shared(), (await import('./part.js')).part,
      await import('./broken.js').catch((thrown) => thrown.message)])();`,
  'threads/part.js': `export const part = 'a part';`,
  'threads/broken.js': `throw new Error('what broke');`,
  'shared.js': `export const shared = () => 'of both' + globalThis.nothing;`,
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worker-chunks-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Builds the site, some files changed, into a folder of its own; its scripts by name. */
async function built(name: string, changes: Partial<typeof SITE> = {}): Promise<Map<string, string>> {
  const root = join(folder, name);
  for (const [path, text] of Object.entries({ 'package.json': '{"type":"module"}', ...SITE, ...changes })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'error',
    plugins: [workerChunks()],
    build: { target: 'es2023', modulePreload: { polyfill: false } },
  });
  const assets = join(root, 'dist/assets');
  const names = (await readdir(assets)).filter((file) => file.endsWith('.js'));
  return new Map(
    await Promise.all(names.map(async (file) => [file, await readFile(join(assets, file), 'utf8')] as const)),
  );
}

const workerOf = (scripts: Map<string, string>): string =>
  [...scripts.keys()].find((name) => /^sum\.worker-[\w-]{8}\.js$/.test(name)) ?? '';

test('what page and worker share is built once, and the page starts the worker by its name', async () => {
  const scripts = await built('once');
  const holders = [...scripts].filter(([, text]) => text.includes('of both'));
  expect(holders).toHaveLength(1);
  const page = [...scripts].find(([name]) => name.startsWith('index-'))?.[1];
  expect(page).toContain(workerOf(scripts));
  expect(workerOf(scripts)).not.toBe('');
});

test('a worker, where there is no document, imports later parts, and learns what one of them threw', async () => {
  const scripts = await built('runs');
  expect(scripts.get(workerOf(scripts))).toMatch(/import\(/);
  await import(/* @vite-ignore */ pathToFileURL(join(folder, 'runs/dist/assets', workerOf(scripts))).href);
  const { outcome } = globalThis as { outcome?: Promise<unknown> };
  expect(await outcome).toEqual(['of bothundefined', 'a part', 'what broke']);
});

/** What passed a self-test is remembered under the name of the worker's file (workers/models/load.ts). */
test.each(['shared.js', 'threads/part.js'] as const)('the name of a worker changes with %s', async (path) => {
  const before = workerOf(await built(`before ${path}`.replace('/', ' ')));
  const changed = SITE[path].replace(/of both|a part/, 'something else');
  const after = workerOf(await built(`after ${path}`.replace('/', ' '), { [path]: changed }));
  expect(after).not.toBe(before);
});
