/** axe over every state of the page, light and dark; and pictures of the main states, made when asked for. */
import { mkdir } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { addDrawnPicture, ask, choose, expectState, open } from './assistant.ts';
import { expect, test } from './test.ts';

/** `SCREENSHOTS=1` writes docs/screenshots anew. */
const FOLDER = process.env['SCREENSHOTS'] ? 'docs/screenshots' : null;

async function check(page: Page, state: string, picture?: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    );
    expect(found, `${state}, ${colorScheme}`).toEqual([]);
  }
  if (FOLDER === null || picture === undefined) return;
  await mkdir(FOLDER, { recursive: true });
  const colorScheme = picture.endsWith('dark') ? 'dark' : 'light';
  await page.emulateMedia({ colorScheme });
  await page.screenshot({ path: `${FOLDER}/${picture}.jpg`, type: 'jpeg', quality: 80 });
}

test('axe finds nothing on the first screen, with a picture and close up', async ({ page }) => {
  await page.setViewportSize({ width: 1100, height: 760 });
  await open(page);
  await check(page, 'first screen', 'desktop-first');
  await choose(page, Buffer.from('no picture'), 'letter.png');
  await check(page, 'refused file');
  await addDrawnPicture(page);
  await check(page, 'picture added');

  await page.getByRole('button', { name: 'Look closer' }).click();
  const viewer = page.getByRole('dialog', { name: 'Look closer' });
  await expect(viewer).toBeVisible();
  await check(page, 'viewer');
  await viewer.getByRole('button', { name: 'Ask about a part' }).click();
  await check(page, 'part of a picture', 'desktop-part');
  await viewer.getByRole('button', { name: 'What the model sees' }).click();
  await check(page, 'what the model sees');
});

test('what can be pressed is at least 44 pixels where fingers press', async ({ browser }) => {
  const context = await browser.newContext({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 720 } });
  const page = await context.newPage();
  await open(page);
  await addDrawnPicture(page);
  await expectState(await ask(page, 'Is there a circle?'), 'done');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, summary, input:not([hidden]), select, textarea')]
      .map((element) => ({
        name: element.textContent || element.getAttribute('aria-label'),
        box: element.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.width > 0 && (box.width < 43.5 || box.height < 43.5))
      .map(({ name, box }) => `${name}: ${box.width} × ${box.height}`),
  );
  expect(small).toEqual([]);
  await context.close();
});
