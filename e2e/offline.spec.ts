/** A second visit with the network off and the server gone: the page, the code and the model are all on the device. */
import { addDrawnPicture, ask, expectState, open, textOf } from './assistant.ts';
import { startHost } from './host.ts';
import { expect, test } from './test.ts';

test('the second visit works without a network', async ({ context, page }) => {
  const host = await startHost();
  try {
    await open(page, host.url);
    await expect(page.getByText('Works offline')).toBeVisible();
    await page.close();

    host.stop();
    await context.setOffline(true);
    const second = await context.newPage();
    await open(second, host.url);
    await expect(second.getByText('Works offline')).toBeVisible();
    await addDrawnPicture(second);
    const answer = await ask(second, 'Is there a square?');
    await expectState(answer, 'done');
    await expect(textOf(answer)).toHaveText(/yes/i);
    // The first screen is whole as well, pictures included.
    await second.getByRole('button', { name: 'New conversation' }).click();
    const samples = second.getByRole('button', { name: /^Sample/ }).getByRole('img');
    for (const sample of await samples.all()) {
      expect(await sample.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth > 0)).toBe(true);
    }
  } finally {
    host.stop();
  }
});
