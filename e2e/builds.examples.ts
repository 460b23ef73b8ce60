/** Every example as a person would take it: copied, installed with its own tools, built, opened, asked. */
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { drawnPicture } from './assistant.ts';
import { command, packLibrary, ROOT, serveFolder } from './package.ts';
import { expect, test } from './test.ts';

/** Where each example has its page when it is built. */
const PAGES: Record<string, string> = { 'plain-html': '.', vite: 'dist', react: 'dist', next: 'out' };

let work: string;
let tarball: string;

test.beforeAll(async () => {
  tarball = await packLibrary();
  work = await mkdtemp(join(tmpdir(), 'examples-'));
  command(work, 'tar', 'xzf', tarball);
});
test.afterAll(async () => {
  await Promise.all([work, dirname(tarball)].map((folder) => rm(folder, { recursive: true, force: true })));
});

test('each example is built here', async () => {
  const entries = await readdir(join(ROOT, 'examples'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(folders.sort()).toEqual(Object.keys(PAGES).sort());
});

for (const [name, page] of Object.entries(PAGES)) {
  test(name, async ({ page: tab }) => {
    const folder = join(work, name);
    await cp(join(ROOT, 'examples', name), folder, {
      recursive: true,
      filter: (path) => !/node_modules|\.next$/.test(path.slice(ROOT.length)),
    });
    if (name === 'plain-html') await symlink(join(work, 'package'), join(folder, 'mipha-web'));
    else {
      command(folder, 'npm', 'install', '--no-audit', '--no-fund', tarball);
      command(folder, 'npm', 'run', 'build');
    }
    const { url, close } = await serveFolder(join(folder, page));
    try {
      await tab.goto(url);
      const buffer = await drawnPicture(tab);
      await tab.getByLabel('Picture').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });
      if (name !== 'vite') {
        await tab.getByLabel('Question').fill('What shapes are in the picture?');
        await tab.getByRole('button', { name: 'Ask' }).click();
      }
      const answer = tab.locator(name === 'vite' ? '#answer' : 'output');
      await expect(answer).toHaveText(/circle.*square|square.*circle/, { timeout: 300_000 });
    } finally {
      await close();
    }
  });
}
