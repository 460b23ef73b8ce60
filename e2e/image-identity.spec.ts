/** A picture from the page to the engine: its bytes are hashed once, whatever is asked about it. */
import { addDrawnPicture, ask, expectState, open } from './assistant.ts';
import { expect, test } from './test.ts';

test('three questions about a picture hash it once', async ({ page }) => {
  await open(page);
  const worker = page.workers().find((candidate) => candidate.url().includes('inference'));
  if (worker === undefined) throw new Error(`no inference worker among ${page.workers().length}`);
  await worker.evaluate(() => {
    const digested: number[] = [];
    const { subtle } = globalThis.crypto;
    const digest = subtle.digest.bind(subtle);
    const counting: typeof digest = (algorithm, data) => {
      digested.push(data.byteLength);
      return digest(algorithm, data);
    };
    subtle.digest = counting;
    Object.assign(globalThis, { digested });
  });
  await addDrawnPicture(page);
  for (const text of ['Is there a circle?', 'What color is it?', 'How many shapes are there?'])
    await expectState(await ask(page, text), 'done');
  const digested = await worker.evaluate(() => (globalThis as unknown as { digested: number[] }).digested);
  expect(digested).toEqual([expect.any(Number)]);
});
