/** axe over every state of the page, light and dark; and pictures of the main states, made when asked for. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { addDrawnPicture, ask, choose, expectState, open, textOf } from './assistant.ts';
import { hookWorker, slowPieces } from './hooks.ts';
import { expect, test } from './test.ts';

async function check(page: Page, state: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const axe = new AxeBuilder({ page });
    // Colours are all that the dark page has of its own.
    if (colorScheme === 'dark') axe.withRules(['color-contrast']);
    else axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']);
    const { violations } = await axe.analyze();
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    );
    expect(found, `${state}, ${colorScheme}`).toEqual([]);
  }
}

/** Nothing has to be scrolled sideways in a window of this size. */
async function expectFit(page: Page, width: number, height: number): Promise<void> {
  await page.setViewportSize({ width, height });
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(overflow, `${width} × ${height}`).toBeLessThanOrEqual(0);
}

test('axe finds nothing in any state, light or dark', async ({ page }) => {
  await hookWorker(page, slowPieces(400));
  await page.setViewportSize({ width: 1100, height: 760 });
  await open(page);
  await check(page, 'first screen');
  await choose(page, Buffer.from('no picture'), 'letter.png');
  await check(page, 'refused file');
  await addDrawnPicture(page);
  await check(page, 'picture added');

  await page.getByRole('button', { name: 'Look closer' }).click();
  const viewer = page.getByRole('dialog', { name: 'Look closer' });
  await expect(viewer).toBeVisible();
  await check(page, 'viewer');
  await viewer.getByRole('button', { name: 'Ask about a part' }).click();
  await check(page, 'part of a picture');
  await viewer.getByRole('button', { name: 'What the model sees' }).click();
  await check(page, 'what the model sees');
  await viewer.getByRole('button', { name: 'Close' }).click();

  const answer = await ask(page, 'Describe the picture.');
  await expect(textOf(answer)).not.toBeEmpty();
  await check(page, 'streaming');
  await expectState(answer, 'done');
  await answer.getByText('Details').click();
  await check(page, 'answered, with details');
  await expectState(await ask(page, 'x '.repeat(3000)), 'failed');
  await check(page, 'failed answer');

  for (const [button, dialog] of [
    ['Take photo', 'Take a photo'],
    ['Models', 'Models'],
    ['Source', 'What answers?'],
    ['Conversations and settings', 'Conversations'],
  ] as const) {
    await page.getByRole('button', { name: button, exact: true }).click();
    await expect(page.getByRole('dialog', { name: dialog })).toBeVisible();
    await check(page, dialog);
    await page.getByRole('dialog', { name: dialog }).getByRole('button', { name: 'Close' }).click();
  }

  // A window of 1280 × 800 at 200 %, and of 1280 × 1024 at 400 %.
  await expectFit(page, 640, 400);
  await expectFit(page, 320, 256);
  await page.getByRole('button', { name: 'Ask', exact: true }).scrollIntoViewIfNeeded();
  await expect(page.getByRole('button', { name: 'Ask', exact: true })).toBeInViewport();

  // Colours of the person's own: what can be pressed has an edge, and the focus a line around it.
  await page.setViewportSize({ width: 1100, height: 760 });
  await page.emulateMedia({ forcedColors: 'active' });
  const edges = await page.evaluate(() => {
    const of = (element: Element | null) => element && getComputedStyle(element);
    const primary = of(document.querySelector('.button.primary'));
    const card = of(document.querySelector('.composer-card'));
    return [primary, card].map((style) => style && style.borderTopStyle === 'solid' && style.borderTopColor);
  });
  for (const edge of edges) expect(edge).toMatch(/^rgb\(/);
  for (const part of [page.getByRole('button', { name: 'Ask', exact: true }), page.getByRole('textbox')]) {
    await part.focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    const outline = await part.evaluate((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return `${outlineStyle} ${outlineWidth}`;
    });
    expect(outline).toBe('solid 2px');
  }
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
