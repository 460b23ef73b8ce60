/** Reading ahead: a picture is looked at, and the prompt read up to it, while the question is still being typed. */
import type { Page, Worker } from '@playwright/test';
import { addDrawnPicture, answers, expectState, open, question, textOf } from './assistant.ts';
import { expect, test } from './test.ts';

const inference = (page: Page): Worker => {
  const worker = page.workers().find((candidate) => candidate.url().includes('/inference.worker'));
  if (worker === undefined) throw new Error('The page has no inference worker.');
  return worker;
};

/** How often the model has finished looking at a picture: the engine notes each time as a user timing of its thread. */
const looks = (page: Page): Promise<number> =>
  inference(page).evaluate(() => performance.getEntriesByName('vision', 'measure').length);

test('the picture has been seen before Ask is pressed, and the answer does not look again', async ({ page }) => {
  await open(page);
  expect(await looks(page)).toBe(0);
  await addDrawnPicture(page);
  await question(page).pressSequentially('What color is the circle?');
  await expect.poll(() => looks(page)).toBe(1);
  await expect(answers(page)).toHaveCount(0);

  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  const answer = answers(page).first();
  await expectState(answer, 'done');
  await expect(textOf(answer)).toHaveText(/circle is red/i);
  expect(await looks(page)).toBe(1);
  await answer.getByText('Details').click();
  await expect(answer).toContainText(/[1-9]\d* of them remembered/);
});
