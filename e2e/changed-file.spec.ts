/** A CDN that adds to the built page → its owner is told in the console and in Settings, and nothing false is claimed. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { open } from './assistant.ts';
import { startHost } from './host.ts';
import { expect, test } from './test.ts';

test('a changed index.html is told to the owner, and leaves no half-filled cache', async ({ page }, info) => {
  const site = info.outputPath('site');
  await cp('dist', site, { recursive: true });
  const index = `${site}/index.html`;
  await writeFile(index, `${await readFile(index, 'utf8')}\n<!-- added on the way -->\n`);
  const host = await startHost('--root', site);
  try {
    const warning = page.waitForEvent('console', (message) => message.text().includes('index.html arrives'));
    await open(page, host.url);
    expect((await warning).text()).toMatch(/CDN or proxy.*no offline use.*docs\/hosting\.md/);
    await expect.poll(() => page.evaluate(() => caches.keys())).toEqual([]);
    await expect(page.getByText('Works offline')).toHaveCount(0);
    await page.getByRole('button', { name: 'Conversations and settings' }).click();
    await expect(page.getByText('For the owner of this site: index.html reaches browsers changed')).toBeVisible();
  } finally {
    host.stop();
    await rm(site, { recursive: true });
  }
});

test('an untouched site is told nothing', async ({ page }) => {
  const warnings: string[] = [];
  page.on('console', (message) => message.text().includes('Mipha Web') && warnings.push(message.text()));
  await open(page);
  await expect(page.getByText('Works offline')).toBeVisible();
  await page.getByRole('button', { name: 'Conversations and settings' }).click();
  await expect(page.getByText(/For the owner of this site|over plain http/)).toHaveCount(0);
  expect(warnings).toEqual([]);
});
