import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { insertFiles, listFiles } from './service-worker.mjs';

async function site(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'site-'));
  await mkdir(join(folder, 'models/m'), { recursive: true });
  await mkdir(join(folder, 'assets'));
  for (const path of [
    'index.html',
    'assets/b.wasm',
    'assets/a.js',
    'assets/a.js.map',
    'models/m/w.bin',
    'sw.js',
    'embed-origins.json',
    '_headers',
    '.htaccess',
  ]) {
    await writeFile(join(folder, path), path);
  }
  return folder;
}

describe('listFiles', () => {
  it('lists the page with hashes, without models, source maps, the worker itself and what is for its host', async () => {
    const folder = await site();
    const { files, version } = await listFiles(folder);
    expect(files.map(({ url }) => url)).toEqual(['assets/a.js', 'assets/b.wasm', 'index.html']);
    // printf index.html | openssl dgst -sha256 -binary | base64
    expect(files.at(-1)?.integrity).toBe('sha256-DrVHMEZYgFqteI0yDxC/Hyknl7Xm10Wjv2F1hNoBcFE=');
    await writeFile(join(folder, 'assets/a.js'), 'changed');
    expect((await listFiles(folder)).version).not.toBe(version);
  });

  it('says which headers the worker adds, and can be told to leave out isolation', async () => {
    const folder = await site();
    await writeFile(join(folder, 'connected.html'), '');
    const { files, policy, isolation, version } = await listFiles(folder);
    expect(policy).toContain("connect-src 'self';");
    expect(files.filter((file) => file.policy !== undefined).map(({ url }) => url)).toEqual(['connected.html']);
    expect(isolation).toHaveProperty('Cross-Origin-Embedder-Policy', 'require-corp');
    const without = await listFiles(folder, { isolated: false });
    expect(without.isolation).toEqual({});
    expect(without.version).not.toBe(version);
  });
});

describe('insertFiles', () => {
  it('replaces the placeholder and refuses code that has none', () => {
    expect(insertFiles('let a = __APP_FILES__;', [1])).toBe('let a = [1];');
    expect(() => insertFiles('let a;', [])).toThrow('once');
  });
});
