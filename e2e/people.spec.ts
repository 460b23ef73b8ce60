/** The same page for different people: keyboard only, screen reader, phone, dark. */
import type { Page } from '@playwright/test';
import {
  addDrawnPicture,
  answers,
  ask,
  conversation,
  draftPicture,
  drawnPicture,
  expectState,
  open,
  question,
  textOf,
} from './assistant.ts';
import { expect, test } from './test.ts';

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent);

test('everything can be done with the keyboard', async ({ page }) => {
  await open(page);
  const picture = await drawnPicture(page);
  // Asked for early: a key press is quicker than the browser's readiness to hand the dialog over.
  const chooser = page.waitForEvent('filechooser', { timeout: 600_000 });
  for (let presses = 0; (await focused(page)) !== 'Add image'; presses++) {
    expect(presses, 'Add image is reached with Tab').toBeLessThan(20);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await (await chooser).setFiles({ name: 'a.png', mimeType: 'image/png', buffer: picture });
  await expect(draftPicture(page)).toBeVisible();
  await expect(question(page)).toBeFocused();
  await page.keyboard.type('Is there');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('a circle?');
  await expect(question(page)).toHaveValue('Is there\na circle?');
  await page.keyboard.press('Enter');
  await expectState(answers(page).first(), 'done');
  await expect(question(page)).toBeFocused();
  for (let presses = 0; (await focused(page)) !== 'Try again'; presses++) {
    expect(presses, 'Try again is reached with Shift+Tab').toBeLessThan(20);
    await page.keyboard.press('Shift+Tab');
  }
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
  expect(outline).toBe('solid');
});

test('Enter during an IME composition does not send', async ({ page }) => {
  await open(page);
  await addDrawnPicture(page);
  await question(page).fill('円');
  await question(page).dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  await expect(answers(page)).toHaveCount(0);
  await expect(question(page)).toHaveValue('円');
});

test('a screen reader hears the whole answer once, from one polite region', async ({ page }) => {
  await open(page);
  await expect(conversation(page)).toHaveAttribute('aria-live', 'off');
  const region = page.locator('[aria-live=polite]');
  await expect(region).toHaveCount(1);
  await expect(region).toContainText('is ready and runs on WebAssembly');
  await addDrawnPicture(page);
  const answer = await ask(page, 'How many shapes are there?');
  await expectState(answer, 'done');
  const text = (await textOf(answer).textContent()) ?? '';
  await expect(region).toContainText(text.trim().slice(-20));
  await expect(
    conversation(page).getByRole('heading', { name: 'You asked: How many shapes are there?' }),
  ).toBeVisible();
  await expect(conversation(page).getByRole('img', { name: 'Your picture, 256 × 256 pixels' })).toBeVisible();
});

test('the composer stays above a keyboard that lies over the page', async ({ page }) => {
  await page.addInitScript(() => {
    const seen = Object.assign(new EventTarget(), { scale: 1, offsetTop: 0, height: innerHeight });
    Object.defineProperty(window, 'visualViewport', { get: () => seen });
  });
  await page.setViewportSize({ width: 390, height: 780 });
  await page.goto('./');
  const card = page.locator('.composer-card');
  const end = async () => {
    const box = await card.boundingBox();
    return (box?.y ?? Number.NaN) + (box?.height ?? Number.NaN);
  };
  await expect(card).toBeVisible();
  expect(await end()).toBeGreaterThan(700);
  const keyboard = (height: number) =>
    page.evaluate((height) => {
      const seen = window.visualViewport as unknown as EventTarget & { height: number };
      seen.height = innerHeight - height;
      seen.dispatchEvent(new Event('resize'));
    }, height);
  await keyboard(300);
  await expect.poll(end).toBeLessThanOrEqual(480);
  await keyboard(0);
  await expect.poll(end).toBeGreaterThan(700);
});

test('a person who scrolled up to read is left in peace until they ask something new', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  await open(page);
  await addDrawnPicture(page);
  for (const text of ['Is there a circle?', 'Is there a square?', 'Is there a star?'])
    await expectState(await ask(page, text), 'done');
  const jump = page.getByRole('button', { name: 'Jump to latest' });
  await page.mouse.wheel(0, -3000);
  await expect(jump).toBeVisible();
  // An answer that changes further up must not move the page. (Pressed from within, where no helper scrolls to it.)
  const first = answers(page).first();
  await first.getByRole('button', { name: 'Try again' }).evaluate((button: HTMLButtonElement) => button.click());
  await expectState(first, 'done');
  expect(await page.evaluate(() => scrollY)).toBe(0);

  const answer = await ask(page, 'How many shapes are there?');
  await expectState(answer, 'done');
  await expect(answer).toBeInViewport();
  await page.mouse.wheel(0, -3000);
  await jump.click();
  await expect(answer).toBeInViewport();
  await expect(jump).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a phone in ${colorScheme} never scrolls sideways`, async ({ page }, info) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 320, height: 640 });
    const look = async (name: string) => {
      const overflow = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return scrollWidth - clientWidth;
      });
      expect(overflow, name).toBeLessThanOrEqual(0);
      await info.attach(`${name}-${colorScheme}`, { body: await page.screenshot(), contentType: 'image/png' });
    };
    await open(page);
    await look('first-screen');
    await addDrawnPicture(page);
    await look('picture');
    await expectState(await ask(page, 'Describe the picture.'), 'done');
    await look('answer');
    await answers(page).first().getByText('Details').click();
    await look('details');
    await expectState(await ask(page, 'x'.repeat(5000)), 'failed');
    await look('failed');
  });
}
