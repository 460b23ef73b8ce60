/** A second visit with the network off and the server gone: the page, the code and the model are all on the device. */
import { type ChildProcess, spawn } from 'node:child_process';
import { addDrawnPicture, ask, expectState, open, textOf } from './assistant.ts';
import { expect, test } from './test.ts';

/** The built site on a port of its own, so that it can be stopped while the other specs go on. */
async function startServer(): Promise<{ url: string; server: ChildProcess }> {
  const server = spawn(process.execPath, ['scripts/serve.mjs', '--port', '4190'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of server.stdout) {
    output += String(chunk);
    const url = /http:\S+/.exec(output)?.[0];
    if (url !== undefined) return { url, server };
  }
  throw new Error(`the server ended: ${output}`);
}

test('the second visit works without a network', async ({ context, page }) => {
  const { url, server } = await startServer();
  try {
    await open(page, url);
    await expect(page.getByText('Works offline')).toBeVisible();
    await page.close();

    server.kill();
    await context.setOffline(true);
    const second = await context.newPage();
    await open(second, url);
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
    server.kill();
  }
});
