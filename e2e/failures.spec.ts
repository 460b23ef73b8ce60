/** Bad input and bad luck: a clear message, nothing lost, and the page goes on working. */
import {
  addDrawnPicture,
  answers,
  ask,
  bring,
  choose,
  draftPicture,
  drawnPicture,
  expectState,
  open,
  question,
} from './assistant.ts';
import { expect, test } from './test.ts';

test('files that are no usable picture are refused with a reason, and the question stays', async ({ page }) => {
  await open(page);
  const alert = page.getByRole('alert').filter({ visible: true });
  await question(page).fill('Is there a circle?');

  await choose(page, Buffer.from('This is a letter, not a picture.'), 'letter.png');
  await expect(alert).toContainText('not a picture');

  const picture = await drawnPicture(page);
  await bring(page, 'drop', picture.subarray(0, Math.floor(picture.length * 0.6)));
  await expect(alert).toContainText('damaged or incomplete');

  await bring(page, 'paste', Buffer.alloc(0));
  await expect(alert).toContainText('empty');

  await choose(page, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'a.svg', 'image/svg+xml');
  await expect(alert).toContainText('SVG');

  const huge = Buffer.from(picture);
  huge.writeUInt32BE(60_000, 16);
  huge.writeUInt32BE(60_000, 20);
  await choose(page, huge);
  await expect(alert).toContainText('60,000 × 60,000');

  await expect(draftPicture(page)).toHaveCount(0);
  await expect(question(page)).toHaveValue('Is there a circle?');
  await addDrawnPicture(page);
  await expect(alert).toHaveCount(0);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expectState(answers(page).first(), 'done');
});

test('an empty question and a missing picture are said, and nothing is sent', async ({ page }) => {
  await open(page);
  const alert = page.getByRole('alert').filter({ visible: true });
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(alert).toContainText('Type a question first');
  await question(page).fill('What is this?');
  await question(page).press('Enter');
  await expect(alert).toContainText('Add a picture first');
  await expect(question(page)).toHaveValue('What is this?');
  await expect(answers(page)).toHaveCount(0);
});

test('a question longer than the model can read fails clearly and can be shortened', async ({ page }) => {
  await open(page);
  await addDrawnPicture(page);
  const long = 'Is there a circle or a square or a triangle? '.repeat(400);
  const answer = await ask(page, long);
  await expectState(answer, 'failed');
  await expect(answer).toContainText('longer than the model can read');
  await answer.getByRole('button', { name: 'Edit question' }).click();
  await expect(question(page)).toHaveValue(long.trim());
  await expect(draftPicture(page)).toBeVisible();
  await question(page).fill('Is there a circle?');
  await question(page).press('Enter');
  await expectState(answer, 'done');
  await expect(answers(page)).toHaveCount(1);
});

test('a model that cannot be fetched is said; loading again answers what was asked meanwhile', async ({ page }) => {
  await page.route('**/models/**', (route) => route.fulfill({ status: 404, body: 'gone' }));
  await page.goto('./');
  const alert = page.getByRole('alert').filter({ hasText: 'The model is not running' });
  await expect(alert).toBeVisible();
  await addDrawnPicture(page);
  const answer = await ask(page, 'Is there a circle?');
  await expectState(answer, 'streaming');
  await page.unroute('**/models/**');
  await alert.getByRole('button', { name: 'Load again' }).click();
  await expectState(answer, 'done');
});

test('camera: a photo is taken with the dialog, and a blocked camera is explained', async ({ page }) => {
  await page.addInitScript(() => {
    let blocked = false;
    Object.assign(globalThis, { blockCamera: () => (blocked = true) });
    navigator.mediaDevices.getUserMedia = async () => {
      if (blocked) throw new DOMException('denied', 'NotAllowedError');
      const canvas = document.createElement('canvas');
      canvas.width = 64;
      canvas.height = 48;
      const context = canvas.getContext('2d');
      setInterval(() => context?.fillRect(0, 0, 64, 48), 50);
      return canvas.captureStream();
    };
  });
  await open(page);
  await page.getByRole('button', { name: 'Take photo' }).click();
  const dialog = page.getByRole('dialog', { name: 'Take a photo' });
  await dialog.getByRole('button', { name: 'Capture' }).click();
  await dialog.getByRole('button', { name: 'Take again' }).click();
  await dialog.getByRole('button', { name: 'Capture' }).click();
  await dialog.getByRole('button', { name: 'Use photo' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('img', { name: 'Your picture, 64 × 48 pixels' })).toBeVisible();

  await page.evaluate(() => (globalThis as unknown as { blockCamera: () => void }).blockCamera());
  await page.getByRole('button', { name: 'Take photo' }).click();
  await expect(dialog.getByRole('alert')).toContainText('blocked for this page');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(draftPicture(page)).toBeVisible();
});
