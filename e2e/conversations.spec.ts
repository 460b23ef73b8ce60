/** What is kept on the device: conversations that come back, are found, renamed, taken away, brought back and deleted. */
import { readFile } from 'node:fs/promises';
import {
  addDrawnPicture,
  answers,
  ask,
  bring,
  draftPicture,
  expectState,
  open,
  question,
  textOf,
} from './assistant.ts';
import { expect, test } from './test.ts';

test('conversations are kept, found, exported, deleted and imported; a temporary one leaves nothing', async ({
  page,
}) => {
  await open(page);
  await addDrawnPicture(page);
  await expectState(await ask(page, 'Is there a circle?'), 'done');

  await page.reload();
  const drawer = page.getByRole('dialog', { name: 'Conversations' });
  const openDrawer = async () => {
    await page.getByRole('button', { name: 'Conversations and settings' }).click();
    await expect(drawer).toBeVisible();
  };
  await openDrawer();
  await drawer.getByRole('button', { name: /^Is there a circle/ }).click();
  await expect(answers(page)).toHaveCount(1);
  await expect(page.getByRole('img', { name: 'Your picture, 256 × 256 pixels' })).toBeVisible();
  await expectState(await ask(page, 'Is there a square?'), 'done');

  await openDrawer();
  await drawer.getByRole('searchbox').fill('no such words');
  await expect(drawer).toContainText('No conversation contains');
  await drawer.getByRole('searchbox').fill('SQUARE');
  await drawer.getByRole('button', { name: 'More about “Is there a circle?”' }).click();
  const markdown = page.waitForEvent('download');
  await drawer.getByRole('button', { name: 'Save as Markdown' }).click();
  expect(await readFile(await (await markdown).path(), 'utf8')).toContain('> Is there a square?');
  const json = page.waitForEvent('download');
  await drawer.getByRole('button', { name: 'Save as JSON, with pictures' }).click();
  const saved = await (await json).path();
  await drawer.getByRole('button', { name: 'Rename' }).click();
  await drawer.getByRole('textbox', { name: 'New name' }).fill('Shapes');
  await drawer.getByRole('textbox', { name: 'New name' }).press('Enter');
  await drawer.getByRole('searchbox').fill('');
  await expect(drawer.getByRole('button', { name: /^Shapes/ })).toBeVisible();
  await drawer.getByRole('button', { name: 'Delete all conversations' }).click();
  await drawer.getByRole('alertdialog').getByRole('button', { name: 'Delete all conversations' }).click();
  await expect(drawer).toContainText('No conversation is kept yet');

  const choose = async (file: string | { name: string; mimeType: string; buffer: Buffer }) => {
    const chooser = page.waitForEvent('filechooser');
    await drawer.getByRole('button', { name: 'Import a JSON file' }).click();
    await (await chooser).setFiles(file);
  };
  await choose({ name: 'evil.json', mimeType: 'application/json', buffer: Buffer.from('{"format":"x"}') });
  await expect(drawer.getByRole('alert')).toContainText('evil.json');
  await choose(saved);
  await expect(drawer).toContainText('1 conversation was added.');
  await choose(saved);
  await expect(drawer).toContainText('1 conversation was here already.');
  await expect(drawer).not.toContainText('added');
  await expect(drawer.getByRole('button', { name: /^Is there a circle/ })).toHaveCount(1);
  await drawer.getByRole('button', { name: /^Is there a circle/ }).click();
  await expect(answers(page)).toHaveCount(2);

  await openDrawer();
  await drawer.getByRole('button', { name: 'Temporary conversation' }).click();
  await expect(page.getByText('Temporary', { exact: true })).toBeVisible();
  await addDrawnPicture(page);
  await expectState(await ask(page, 'Is there a star?'), 'done');
  await page.reload();
  await openDrawer();
  await expect(drawer.getByRole('button', { name: /^Is there a/ })).toHaveCount(1);
});

test('pictures lose place and camera, are looked at closely, and a part can be asked about', async ({ page }) => {
  await open(page);
  // A photo as a phone makes it: turned by EXIF, with a place in it.
  const photo = Buffer.from(
    await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(60, 40);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no 2d context');
      context.fillStyle = 'red';
      context.fillRect(0, 0, 60, 40);
      const jpeg = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer());
      const tiff = 'Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0GPS 52.5 N';
      const exif = Array.from(tiff, (letter) => letter.charCodeAt(0));
      const app1 = [0xff, 0xe1, 0, exif.length + 2, ...exif];
      return [0xff, 0xd8, ...app1, ...jpeg.subarray(2)];
    }),
  );
  await bring(page, 'drop', photo, 'photo.jpg', 'image/jpeg');
  await expect(page.getByRole('img', { name: 'Your picture, 40 × 60 pixels' })).toBeVisible();
  const kept = await page.evaluate(async () => {
    const url = document.querySelector<HTMLImageElement>('.thumbnail')?.src ?? '';
    const image = new Image();
    image.src = url;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  });
  expect(kept).toEqual([40, 60]);

  await page.getByRole('button', { name: 'Look closer' }).click();
  const viewer = page.getByRole('dialog', { name: 'Look closer' });
  await viewer.getByRole('button', { name: 'Zoom in' }).click();
  await expect(viewer).toContainText('150%');
  await viewer.getByRole('button', { name: 'What the model sees' }).click();
  await expect(viewer).toContainText('192 × 192 pixels');
  await viewer.getByRole('button', { name: 'Ask about a part' }).click();
  await viewer.getByRole('slider', { name: 'Left edge' }).fill('0.5');
  await viewer.getByRole('slider', { name: 'Top edge' }).fill('0');
  await viewer.getByRole('button', { name: 'Add this part' }).click();
  await expect(page.getByRole('img', { name: 'Your picture, 20 × 30 pixels' })).toBeVisible();
  const answer = await ask(page, 'What color is the background?');
  await expectState(answer, 'done');
  await expect(textOf(answer)).toHaveText(/red/i);
});

test('an address is refused politely and nothing is fetched', async ({ page }) => {
  await open(page);
  await question(page).focus();
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.setData('text/plain', 'https://example.com/cat.jpg');
    const init = { bubbles: true, cancelable: true, clipboardData: transfer };
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', init));
  });
  await expect(page.getByRole('alert').filter({ visible: true })).toContainText('This page opens none');
  await expect(draftPicture(page)).toHaveCount(0);
});
