/** The page that can make no connection: it answers from what is stored, and nothing gets out of it or its worker. */
import { expect, test } from '@playwright/test';
import { addDrawnPicture, ask, expectReady, expectState, open, textOf } from './assistant.ts';
import { startHost } from './host.ts';

/** Ways in which a script could try to say something; each has to end in a refusal. Runs in the page or in its worker. */
async function tryToSpeak(home: string): Promise<string[]> {
  const tries: Promise<unknown>[] = [
    fetch(`${home}?a=secret`),
    fetch('http://127.0.0.1:9/?b=secret', { mode: 'no-cors' }),
    import(/* @vite-ignore */ `${home}nothing.js?c=secret`),
  ];
  if ('document' in globalThis) {
    const picture = new Image();
    picture.src = `${home}nothing.png?d=secret`;
    tries.push(picture.decode());
  } else {
    // A worker that began from an address would have no policy on a host that sends none.
    const below = new Worker(`${home}sw.js`, { type: 'module' });
    tries.push(new Promise((_, reject) => below.addEventListener('error', reject)));
  }
  return Promise.all(tries.map((attempt) => attempt.then(() => 'sent').catch(() => 'refused')));
}

test('the locked page answers without a single request, and neither page nor worker can make one', async ({ page }) => {
  test.setTimeout(900_000);
  const host = await startHost('--plain', '--log', '--base', '/some/folder/');
  try {
    await open(page, host.url);
    await expect(page.getByText('Works offline')).toBeVisible();
    await page.locator('summary').first().click();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) refused.push(message.text());
    });
    host.requests.length = 0;
    await page.getByRole('link', { name: /Open this page locked/ }).click();
    await expectReady(page);
    expect(page.url()).toBe(`${host.url}locked.html`);
    await expect(page.getByText('Locked', { exact: true })).toBeVisible();
    await addDrawnPicture(page);
    const answer = await ask(page, 'Is there a square?');
    await expectState(answer, 'done');
    await expect(textOf(answer)).toHaveText(/yes/i);
    expect(refused).toEqual([]);

    const engine = page.workers()[0];
    if (engine === undefined) throw new Error('no worker');
    expect(await page.evaluate(tryToSpeak, host.url)).toEqual(Array(4).fill('refused'));
    expect(await engine.evaluate(tryToSpeak, host.url)).toEqual(Array(4).fill('refused'));
    await expect.poll(() => refused.length).toBeGreaterThanOrEqual(2);
    // The browser itself looks for a new version of the service worker; that address carries nothing.
    expect(host.requests.filter((line) => !/\/sw\.js /.test(line))).toEqual([]);
  } finally {
    host.stop();
  }
});
