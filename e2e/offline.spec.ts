/** Visit, update in the middle of an answer, quit the browser, take the network away, start it again: it answers. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { addDrawnPicture, ask, expectState, open, textOf } from './assistant.ts';
import { startHost } from './host.ts';
import { expect, test } from './test.ts';

test('an update waits for the answer, and the page outlives browser, server and network', async ({
  playwright,
}, info) => {
  const site = info.outputPath('site');
  await cp('dist', site, { recursive: true });
  const host = await startHost('--root', site);
  const launch = () =>
    playwright.chromium.launchPersistentContext(info.outputPath('profile'), info.project.use.launchOptions);
  let browser = await launch();
  try {
    const page = await browser.newPage();
    await open(page, host.url);
    await expect(page.getByText('Works offline')).toBeVisible();
    await addDrawnPicture(page);
    await page.evaluate(() => Object.assign(globalThis, { sameVisit: true }));

    const worker = `${site}/sw.js`;
    await writeFile(worker, (await readFile(worker, 'utf8')).replace(/"version":"[0-9a-f]+"/, '"version":"next"'));
    const answer = await ask(page, 'Describe the picture.');
    await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
    const update = page.getByRole('button', { name: 'Update ready' });
    await expect(update).toBeVisible();
    await expectState(answer, 'done');
    expect(await page.evaluate(() => 'sameVisit' in globalThis)).toBe(true);
    await update.click();
    await page.waitForFunction(() => !('sameVisit' in globalThis));
    await expect(page.locator('[data-model=ready]')).toBeVisible();
    await expect(page.getByText('Works offline')).toBeVisible();
    const caches = await page.evaluate(async () =>
      (await globalThis.caches.keys()).map((name) => name.split(' ').pop()),
    );
    expect(caches).toEqual(['next']);
    await browser.close();

    host.stop();
    browser = await launch();
    await browser.setOffline(true);
    const later = await browser.newPage();
    await open(later, host.url);
    await expect(later.getByText('Works offline')).toBeVisible();
    await addDrawnPicture(later);
    const offline = await ask(later, 'Is there a square?');
    await expectState(offline, 'done');
    await expect(textOf(offline)).toHaveText(/yes/i);
    // The first screen is whole as well, pictures included.
    await later.getByRole('button', { name: 'New conversation' }).click();
    const samples = later.getByRole('button', { name: /^Sample/ }).getByRole('img');
    for (const sample of await samples.all()) {
      expect(await sample.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth > 0)).toBe(true);
    }
  } finally {
    await browser.close();
    host.stop();
    await rm(site, { recursive: true });
  }
});
