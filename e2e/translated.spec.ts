/** A page translation, as browsers offer it: it wraps the text it finds, again and again; answers must come whole all the same. */
import type { Page } from '@playwright/test';
import { addDrawnPicture, answers, ask, expectState, open, textOf } from './assistant.ts';
import { hookWorker, slowPieces } from './hooks.ts';
import { expect, test } from './test.ts';

/** Puts each text that may be translated into a `<font>`, as Chrome does, now and every 400 ms. */
async function translate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const pass = () => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      for (const text of texts) {
        const parent = text.parentElement;
        if (text.data.trim() === '' || parent === null || parent.closest('font, [translate=no], textarea, svg'))
          continue;
        const font = document.createElement('font');
        font.textContent = `«${text.data}»`;
        text.replaceWith(font);
      }
    };
    pass();
    setInterval(pass, 400);
  });
}

const plain = (text: string | null): string => (text ?? '').replace(/[«»]/g, '');

test('answers, buttons and announcements come whole while a translation replaces their text', async ({ page }) => {
  await hookWorker(page, slowPieces(150), { every: true });
  await open(page);
  await addDrawnPicture(page);
  const question = 'Describe the picture.';
  const untranslated = await ask(page, question);
  await expectState(untranslated, 'done');
  const whole = (await textOf(untranslated).textContent()) ?? '';
  expect(whole.split(' ').length, 'long enough to be met half-way').toBeGreaterThan(6);

  await translate(page);
  for (let time = 0; time < 2; time++) {
    await page.getByRole('button', { name: 'New conversation' }).click();
    await addDrawnPicture(page);
    // By key: the names of buttons are translated too.
    await page.getByRole('textbox', { name: 'Question' }).fill(question);
    await page.keyboard.press('Enter');
    const answer = answers(page).last();
    await expect(textOf(answer)).toHaveAttribute('translate', 'no');
    await expectState(answer, 'done');
    await expect.poll(async () => plain(await textOf(answer).textContent())).toBe(whole);
    // Nothing is left that the translator had to keep off.
    await expect(textOf(answer)).not.toHaveAttribute('translate');
    await expect(textOf(answer).locator('font').first()).toBeVisible();
    await expect.poll(async () => plain(await page.getByRole('status').textContent())).toContain(whole.slice(-20));
    await answer.getByRole('button', { name: 'Copy' }).click();
    await expect(answer.getByRole('button', { name: 'Copied' })).toBeVisible();
  }
});
