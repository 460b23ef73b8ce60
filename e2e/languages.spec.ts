/** The page in other languages: laid out from right to left in Arabic, switched in the middle of an answer, remembered. */
import { AxeBuilder } from '@axe-core/playwright';
import { addDrawnPicture, answers, ask, expectReady, expectState, open, textOf } from './assistant.ts';
import { hookWorker, slowPieces } from './hooks.ts';
import { expect, test } from './test.ts';

test('Arabic on a phone runs from right to left, asks and answers, and fits', async ({ browser }) => {
  const context = await browser.newContext({
    locale: 'ar-EG',
    viewport: { width: 320, height: 640 },
    hasTouch: true,
    isMobile: true,
  });
  const page = await context.newPage();
  const check = async (state: string) => {
    const overflow = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(overflow, state).toBeLessThanOrEqual(0);
  };
  const axe = async (state: string) => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id }) => id);
    expect(found, state).toEqual([]);
  };
  await page.goto('./');
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
  await expectReady(page);
  await check('first screen');
  const middle = async (name: string) => {
    const box = await page.getByRole('button', { name, exact: true }).boundingBox();
    return (box?.x ?? Number.NaN) + (box?.width ?? Number.NaN) / 2;
  };
  expect(await middle('المحادثات والإعدادات')).toBeGreaterThan(160);
  expect(await middle('اسأل')).toBeLessThan(160);

  await page.getByRole('button', { name: 'مثال: أشكال ملوّنة' }).click();
  await page.getByRole('button', { name: 'صِف الصورة' }).click();
  const answer = page.getByRole('log', { name: 'المحادثة' }).getByRole('article', { name: 'الجواب' });
  await expectState(answer, 'done');
  // What the model writes keeps its own language and direction.
  await expect(textOf(answer)).toHaveAttribute('lang', 'en');
  expect(await textOf(answer).evaluate((element) => getComputedStyle(element).direction)).toBe('ltr');
  await answer.getByText('التفاصيل').click();
  // The digits are those of the region.
  await expect(answer.locator('dd').nth(2)).toContainText(/[٠-٩]/);
  await check('answered, with details');
  await axe('answered, with details');
  await page.getByRole('button', { name: 'المحادثات والإعدادات' }).click();
  await expect(page.getByRole('dialog', { name: 'المحادثات' })).toBeVisible();
  await check('conversations and settings');
  await axe('conversations and settings');
  await context.close();
});

test('another language is switched to in the middle of an answer and is there on the next visit', async ({ page }) => {
  await hookWorker(page, slowPieces(400));
  await open(page);
  await addDrawnPicture(page);
  const answer = await ask(page, 'Describe the picture.');
  await expect(textOf(answer)).not.toBeEmpty();
  await page.getByRole('button', { name: 'Conversations and settings' }).click();
  await page.getByLabel('Language').selectOption({ label: 'Deutsch' });
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.getByRole('button', { name: 'Schließen' }).click();
  const translated = page.getByRole('article', { name: 'Antwort' });
  await expect(translated).toHaveAttribute('data-state', 'streaming');
  await expect(page.getByRole('img', { name: 'Ihr Bild, 256 × 256 Pixel' })).toBeVisible();
  await expectState(translated, 'done');
  await expect(textOf(translated)).toContainText('red circle');
  await expect(answers(page)).toHaveCount(0);

  // Whoever comes back is greeted in that language from the first word on.
  await page.addInitScript(() => {
    new MutationObserver(() => {
      const title = document.querySelector('.welcome h2')?.textContent;
      const seen = ((globalThis as { seen?: string[] }).seen ??= []);
      if (title && !seen.includes(title)) seen.push(title);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Fragen Sie zu einem Bild' })).toBeVisible();
  expect(await page.evaluate(() => (globalThis as { seen?: string[] }).seen)).toEqual(['Fragen Sie zu einem Bild']);
});
