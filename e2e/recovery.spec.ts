/** Workers that break off in the middle of an answer: the answer goes on in a new one, and nothing is said twice. */
import type { Page } from '@playwright/test';
import { addDrawnPicture, ask, expectState, open, textOf } from './assistant.ts';
import { atPiece, hookWorker } from './hooks.ts';
import { expect, test } from './test.ts';

const QUESTION = 'Describe the picture.';

// A service worker would answer before the faults below could be put in.
test.use({ serviceWorkers: 'block' });

/** The text of the answer in a freshly opened page. */
async function answerOn(page: Page): Promise<string> {
  await open(page);
  await addDrawnPicture(page);
  const answer = await ask(page, QUESTION);
  await expectState(answer, 'done');
  return (await textOf(answer).textContent()) ?? '';
}

test('a worker that ends without a word, or with an error, is replaced and the answer is the same', async ({
  page,
  context,
}) => {
  const undisturbed = await answerOn(page);
  expect(undisturbed.length).toBeGreaterThan(20);
  for (const fault of ['self.close();', 'setTimeout(() => { throw new Error("broken on purpose"); });']) {
    const other = await context.newPage();
    let workers = 0;
    other.on('worker', () => workers++);
    await hookWorker(other, atPiece(3, fault));
    expect(await answerOn(other)).toBe(undisturbed);
    expect(workers).toBe(2);
    await other.close();
  }
});

test('a worker that is only slow is not replaced in the middle of an answer', async ({ page, context }) => {
  const undisturbed = await answerOn(page);
  const other = await context.newPage();
  let workers = 0;
  other.on('worker', () => workers++);
  // Tokens came fast; then, as on a machine that is busy with something else, nothing does for seconds.
  await hookWorker(other, atPiece(7, 'const end = performance.now() + 5000; while (performance.now() < end);'));
  expect(await answerOn(other)).toBe(undisturbed);
  expect(workers).toBe(1);
});
