/** Firefox, where it is installed: a right answer, a second visit without a server and with threads, and the locked page. */
import { expect, test } from '@playwright/test';
import { askAboutSample, findFirefox, openPage, startFirefox, waitForText } from './firefox.ts';
import { startHost } from './host.ts';

const path = findFirefox();

test('asked and answered in Firefox, online, without a network and locked', async () => {
  test.skip(path === null, 'Firefox is not installed');
  test.setTimeout(900_000);
  const host = await startHost('--plain', '--log', '--base', '/some/folder/');
  const { firefox, page, complaints } = await startFirefox(path ?? '');
  try {
    await openPage(page, host.url);
    expect(await askAboutSample(page, 'Is there a circle?')).toMatch(/yes/i);
    await waitForText(page, 'Works offline');

    host.requests.length = 0;
    await openPage(page, `${host.url}locked.html`);
    expect(await askAboutSample(page, 'Is there a circle?')).toMatch(/yes/i);
    expect(complaints).toEqual([]);
    const speak = (home: string) =>
      fetch(`${home}?secret`)
        .then(() => 'sent')
        .catch(() => 'refused');
    expect(await page.evaluate(speak, host.url)).toBe('refused');
    expect(host.requests.filter((line) => !/\/sw\.js /.test(line))).toEqual([]);

    host.stop();
    await openPage(page, host.url);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await askAboutSample(page, 'Is there a circle?')).toMatch(/yes/i);
  } finally {
    await firefox.close();
    host.stop();
  }
});
