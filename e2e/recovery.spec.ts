/** Workers that break off in the middle of an answer: the answer goes on in a new one, and nothing is said twice. */
import type { Page } from '@playwright/test';
import { addDrawnPicture, ask, expectState, open, textOf } from './assistant.ts';
import { expect, test } from './test.ts';

const QUESTION = 'Describe the picture.';

// A service worker would answer before the faults below could be put in.
test.use({ serviceWorkers: 'block' });

/** Runs `fault` in the first inference worker as it sends the third piece of an answer; later workers are left alone. */
async function breakFirstWorker(page: Page, fault: string): Promise<void> {
  let first = true;
  await page.route('**/inference.worker-*.js', async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    const hook = `
      let pieces = 0;
      const send = MessagePort.prototype.postMessage;
      MessagePort.prototype.postMessage = function (message, ...rest) {
        if (JSON.stringify(message).includes('"type":"text"') && ++pieces === 3) { ${fault} }
        return send.call(this, message, ...rest);
      };`;
    await route.fulfill({ response, body: first ? `${hook}\n${body}` : body });
    first = false;
  });
}

/** The text of an answer, and whether its details say that the model was started anew. */
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
    await breakFirstWorker(other, fault);
    expect(await answerOn(other)).toBe(undisturbed);
    expect(workers).toBe(2);
    await other.close();
  }
});
