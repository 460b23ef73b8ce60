/** The built package without a browser: what is not used is not bundled, nothing happens on import, licences are there. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { command, LIBRARY, ROOT } from './package.ts';

let folder: string;
/** What can be imported, as the package's own manifest says it. */
let entries: string[];

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(LIBRARY, join(folder, 'node_modules/mipha-web'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const { exports } = JSON.parse(await readFile(join(LIBRARY, 'package.json'), 'utf8')) as { exports: object };
  const names = Object.entries(exports).flatMap(([name, target]) => (typeof target === 'object' ? [name] : []));
  entries = names.map((name) => `mipha-web${name.slice(1)}`);
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

/** The code that a bundler makes of these lines. */
async function bundled(...lines: string[]): Promise<string> {
  await writeFile(join(folder, 'main.js'), lines.join('\n'));
  await writeFile(join(folder, 'index.html'), '<script type="module" src="./main.js"></script>');
  await writeFile(join(folder, 'vite.config.js'), 'export default { build: { modulePreload: { polyfill: false } } };');
  const options = ['build', '--outDir', 'out', '--emptyOutDir', '--minify', 'false', '--logLevel', 'warn'];
  command(folder, process.execPath, join(ROOT, 'node_modules/vite/bin/vite.js'), ...options);
  const assets = await readdir(join(folder, 'out/assets')).catch(() => []); // no code, no folder
  return (await Promise.all(assets.map((name) => readFile(join(folder, 'out/assets', name), 'utf8')))).join('\n');
}

test('nothing of it is bundled when nothing is used, and little when little is', async () => {
  const inert = entries.filter((name) => name !== 'mipha-web/element');
  expect(inert.length).toBeGreaterThan(1);
  expect((await bundled(...inert.map((name) => `import ${JSON.stringify(name)};`))).trim()).toBe('');
  const little = await bundled("import { ApiError } from 'mipha-web';", 'globalThis.E = ApiError;');
  expect(little).toContain('invalid_request_error');
  expect(little).not.toMatch(/new Worker|image-assistant|MessageChannel/);
});

test('every entry can be imported where there is no browser, and leaves no trace', () => {
  const imports = entries.map((name) => `await import(${JSON.stringify(name)});`).join('');
  const names = 'Object.getOwnPropertyNames(globalThis).join()';
  const script = `const before = ${names}; ${imports} if (${names} !== before) throw new Error(${names});`;
  command(folder, process.execPath, '--input-type=module', '-e', script);
});

test('types, runtime and licences are in it', async () => {
  for (const path of ['LICENSE', 'README.md', 'types/src/library/index.d.ts', 'types/src/library/frame/client.d.ts'])
    expect((await stat(join(LIBRARY, path))).size, path).toBeGreaterThan(0);
  expect(await readFile(join(LIBRARY, 'third-party-licences.txt'), 'utf8')).toMatch(/^comlink [\d.]+ \(Apache-2.0\)$/m);
  const runtime = await readFile(join(LIBRARY, 'runtime/third-party-licences.txt'), 'utf8');
  expect(runtime).toMatch(/^onnxruntime-web [\d.]+ \(MIT\)$/m);
  const decoder = await readFile(join(LIBRARY, 'decoder/third-party-licences.txt'), 'utf8');
  expect(decoder).toMatch(/^canvaskit-wasm [\d.]+ \(BSD-3-Clause\)$/m);
  for (const path of ['decoder.js', 'canvaskit.wasm', 'avif_dec.wasm'])
    expect((await stat(join(LIBRARY, 'decoder', path))).size, path).toBeGreaterThan(0);
  expect(await readFile(join(ROOT, 'dist/third-party-licences.txt'), 'utf8')).toMatch(/^react-dom [\d.]+ \(MIT\)$/m);
});
