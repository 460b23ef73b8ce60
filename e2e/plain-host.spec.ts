/** A host that sends no headers, from a folder of its address: all works, and the second visit brings threads, offline. */
import type { Page } from '@playwright/test';
import {
  addDrawnPicture,
  answers,
  ask,
  draftPicture,
  drawnPicture,
  expectState,
  open,
  question,
  textOf,
} from './assistant.ts';
import { startHost } from './host.ts';
import { expect, test } from './test.ts';

const alert = (page: Page) => page.getByRole('alert').filter({ visible: true });

/** What another app, or another site, sends to the address that the web manifest names. */
async function share(page: Page, action: string, files: { name: string; mimeType: string; buffer: Buffer }[]) {
  await page.goto('about:blank');
  await page.setContent(
    `<form method="post" enctype="multipart/form-data" action="${action}">
       <input type="file" name="pictures" multiple /><input name="text" value="https://example.com/a" /><button>Share</button>
     </form>`,
  );
  await page.locator('[type=file]').setInputFiles(files);
  await page.getByRole('button', { name: 'Share' }).click();
}

test('asked, answered, shared to and opened with, on a host without headers', async ({ context, page }) => {
  const host = await startHost('--plain', '--base', '/some/folder/');
  try {
    await open(page, `${host.url}index.html`);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await addDrawnPicture(page);
    const first = await ask(page, 'Is there a square?');
    await expectState(first, 'done');
    await expect(textOf(first)).toHaveText(/yes/i);
    await expect(page.getByText('Works offline')).toBeVisible();
    await page.close();

    host.stop();
    await context.setOffline(true);
    const second = await context.newPage();
    await second.addInitScript(() => {
      Object.defineProperty(globalThis, 'launchQueue', {
        value: { setConsumer: (consumer: unknown) => Object.assign(globalThis, { launch: consumer }) },
      });
    });
    await open(second, host.url);
    expect(await second.evaluate(() => crossOriginIsolated)).toBe(true);
    await second.locator('summary').first().click();
    // Half of the cores, at most four. Without isolation the page says that this is why there is but one.
    await expect(second.getByText(/runs on \d threads?\.$/)).toBeVisible();

    // Opened with the installed app.
    const bytes = await drawnPicture(second);
    await second.evaluate(
      (data) => {
        const file = new File([Uint8Array.from(data)], 'opened.png', { type: 'image/png' });
        type Launch = { launch: (launch: { files: { getFile: () => Promise<File> }[] }) => void };
        (globalThis as unknown as Launch).launch({ files: [{ getFile: async () => file }] });
      },
      [...bytes],
    );
    await expect(draftPicture(second)).toBeVisible();

    // Shared to the installed app.
    const target = new URL('share', host.url).href;
    await share(second, target, [{ name: 'shared.png', mimeType: 'image/png', buffer: bytes }]);
    await expect(draftPicture(second)).toBeVisible();
    expect(second.url()).toBe(host.url);
    await expect(question(second)).toHaveValue('');
    await expect(answers(second)).toHaveCount(0);
    const answer = await ask(second, 'What colour is the circle?');
    await expectState(answer, 'done');
    await expect(textOf(answer)).toHaveText(/red/i);

    await share(second, target, [{ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a letter') }]);
    await expect(alert(second)).toContainText('not a picture');
    await share(second, target, []);
    await expect(alert(second)).toContainText('came without a file');
    // What was shared is kept nowhere.
    await second.reload();
    await expect(question(second)).toBeVisible();
    expect(
      await second.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('shared'))),
    ).toEqual([]);
  } finally {
    host.stop();
  }
});
