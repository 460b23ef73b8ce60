/** The main job: a picture, questions about it, answers that stream. On WebAssembly, with the model that is shipped. */
import {
  addDrawnPicture,
  answers,
  ask,
  bring,
  conversation,
  draftPicture,
  drawnPicture,
  expectState,
  open,
  question,
  recordAnswers,
  textOf,
} from './assistant.ts';
import { hookWorker, slowPieces } from './hooks.ts';
import { expect, test } from './test.ts';

test('three questions about a dropped picture are answered rightly, token by token', async ({ page }) => {
  // Faster ones come into one frame of the screen, and are shown together.
  await hookWorker(page, slowPieces(100));
  await open(page);
  await expect(page.locator('[data-model=ready]')).toContainText('WebAssembly');
  await bring(page, 'drop', await drawnPicture(page));
  await expect(draftPicture(page)).toBeVisible();
  const notes = await recordAnswers(page);

  const first = await ask(page, 'Is there a circle?');
  await expectState(first, 'done');
  await expect(textOf(first)).toHaveText(/yes/i);
  const seen = await notes();
  expect(new Set(seen.map(({ state }) => state))).toEqual(new Set(['streaming', 'done']));
  const lengths = [...new Set(seen.filter(({ state }) => state === 'streaming').map(({ text }) => text.length))];
  expect(lengths.length, 'the text grew in several steps').toBeGreaterThan(2);
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));

  const followUp = await ask(page, 'What color is it?');
  await expectState(followUp, 'done');
  await expect(textOf(followUp)).toHaveText(/\bred\b/i);

  const third = await ask(page, 'How many shapes are there?');
  await expectState(third, 'done');
  await expect(textOf(third)).toHaveText(/two|2/i);

  await expect(conversation(page).getByRole('img')).toHaveCount(1);
  await third.getByText('Details').click();
  await expect(third).toContainText('Tokens written');
  await expect(third).toContainText('remembered');
});

test('an adapter is switched on and off between answers, and only its own files are fetched for it', async ({
  page,
}) => {
  await open(page);
  await addDrawnPicture(page);
  const whole = await ask(page, 'What color is the circle?');
  await expectState(whole, 'done');
  await expect(textOf(whole)).toHaveText(/circle is red/i);
  const fetched: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/\.(onnx|bin)$/.test(pathname)) fetched.push(pathname);
  });
  const choose = async (name: string) => {
    await page.locator('.why summary').click();
    await page.getByRole('combobox', { name: 'Answer style' }).selectOption({ label: name });
    await page.locator('.why summary').click();
  };
  await choose('Terse');
  const terse = await ask(page, 'What color is the circle?');
  await expectState(terse, 'done');
  await expect(textOf(terse)).toHaveText('Red');
  await choose('Standard');
  const again = await ask(page, 'What color is the circle?');
  await expectState(again, 'done');
  await expect(textOf(again)).toHaveText((await textOf(whole).textContent()) ?? '');
  expect(fetched.length).toBeGreaterThan(1);
  expect(fetched.filter((path) => !path.includes('/adapters/terse/'))).toEqual([]);
});

test('a new picture continues the conversation and the answer is about it', async ({ page }) => {
  await open(page);
  await addDrawnPicture(page);
  await expectState(await ask(page, 'How many shapes are there?'), 'done');
  await page.evaluate(() => scrollTo(0, 0));
  const sample = await page.request.get('samples/count.png');
  await bring(page, 'paste', await sample.body());
  await expect(draftPicture(page)).toBeVisible();
  const second = await ask(page, 'How many stars are there?');
  await expectState(second, 'done');
  await expect(textOf(second)).toHaveText(/three|3/i);
  await expect(conversation(page).getByRole('img')).toHaveCount(2);

  await page.getByRole('button', { name: 'New conversation' }).click();
  await expect(answers(page)).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Ask about a picture' })).toBeVisible();
});

test('one tap adds a sample picture and one more asks about it', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Sample: a printed word' }).click();
  await page.getByRole('button', { name: 'Read the text' }).click();
  await expectState(answers(page).first(), 'done');
  await expect(textOf(answers(page).first())).toHaveText(/STOP/);
  await expect(page.getByRole('button', { name: 'Read the text' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Describe' }).click();
  await expectState(answers(page).nth(1), 'done');
});

test('Stop ends an answer at once, keeps what was written, and it can be asked again', async ({ page }) => {
  await open(page);
  await addDrawnPicture(page);
  // Pressed from within the page as soon as the first word stands there: a fast answer would be over before we come.
  await page.evaluate(() => {
    const observer = new MutationObserver(() => {
      const text = document.querySelector('article .answer-text')?.textContent ?? '';
      if (text === '') return;
      observer.disconnect();
      const stop = [...document.querySelectorAll('button')].find((button) => button.textContent === 'Stop');
      stop?.click();
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const answer = await ask(page, 'Describe the picture.');
  await expectState(answer, 'stopped');
  const kept = (await textOf(answer).textContent()) ?? '';
  expect(kept.length).toBeGreaterThan(0);
  await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0);
  await expect(answer).toContainText('Stopped');

  await answer.getByRole('button', { name: 'Try again' }).click();
  await expectState(answer, 'done');
  expect((await textOf(answer).textContent())?.length).toBeGreaterThan(kept.length);
});

test('a question typed and sent while the model loads waits its turn', async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/manifest.json', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('./');
  await expect(page.getByRole('progressbar', { name: 'Loading the model' })).toBeVisible();
  await addDrawnPicture(page);
  const answer = await ask(page, 'Is there a square?');
  await expectState(answer, 'streaming');
  await expect(answer).toContainText('Waiting for the model');
  await expect(question(page)).toHaveValue('');
  release();
  await expectState(answer, 'done');
  await expect(textOf(answer)).toHaveText(/yes/i);
});
