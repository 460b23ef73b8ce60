/** One set of rules in two places, the page and `<image-assistant>`: what is pasted, dropped and typed, by the browser's own events. */
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { draftPicture, drawnPicture, question } from './assistant.ts';
import { LIBRARY, serveFolder, type Site } from './package.ts';
import { expect, test } from './test.ts';

let folder: string;
let site: Site;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'input-'));
  await symlink(LIBRARY, join(folder, 'mipha-web'));
  const html = '<!doctype html><html lang="en"><title>Input</title><script type="module" src="page.js"></script>';
  await writeFile(join(folder, 'index.html'), html);
  await writeFile(
    join(folder, 'page.js'),
    `import { ImageAssistantElement } from './mipha-web/element.js';
     ImageAssistantElement.startBackend = () => ({ load: async () => ({}), dispose: async () => {} });
     document.body.append(document.createElement('image-assistant'));`,
  );
  await writeFile(join(folder, 'README.md'), '# No picture');
  await writeFile(
    join(folder, 'photo.heic'),
    Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'.padEnd(200, '\0'), 'latin1'),
  );
  const policy =
    "default-src 'self'; img-src blob:; require-trusted-types-for 'script'; trusted-types mipha-web default";
  site = await serveFolder(folder, { 'Content-Security-Policy': policy });
});
test.afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true, force: true });
});

interface Place {
  open(page: Page): Promise<unknown>;
  question(page: Page): Locator;
  /** Shown once a picture was taken. */
  picture(page: Page): Locator;
  /** What is said about what was not taken. */
  notice(page: Page): Locator;
  /** Something that has the focus and takes no text. */
  button(page: Page): Locator;
}

const element = (page: Page): Locator => page.locator('image-assistant');
const PLACES: Record<string, Place> = {
  'the page': {
    open: (page) => page.goto('./'),
    question,
    picture: draftPicture,
    notice: (page) => page.locator('[data-error]'),
    button: (page) => page.getByRole('button', { name: 'Add image' }),
  },
  '<image-assistant>': {
    open: (page) => page.goto(site.url),
    question: (page) => element(page).getByRole('textbox', { name: 'Question' }),
    picture: (page) => element(page).getByRole('img', { name: 'The picture you ask about' }),
    notice: (page) => element(page).getByRole('alert'),
    button: (page) => element(page).getByRole('button', { name: 'Add a picture' }),
  },
};

/** Puts forms of one thing on the browser's real clipboard. */
async function copy(page: Page, forms: { text?: string; html?: string; picture?: Buffer }): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(
    async ({ text, html, picture }) => {
      const items: Record<string, Blob> = {};
      if (text !== undefined) items['text/plain'] = new Blob([text], { type: 'text/plain' });
      if (html !== undefined) items['text/html'] = new Blob([html], { type: 'text/html' });
      if (picture !== undefined) items['image/png'] = new Blob([Uint8Array.from(picture)], { type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem(items)]);
    },
    { ...forms, picture: forms.picture && [...forms.picture] },
  );
}

/** Drags over the place and drops, as the system reports it to the browser. */
async function drop(
  page: Page,
  over: Locator,
  data: { files?: string[]; items?: { mimeType: string; data: string }[] },
) {
  const box = await over.boundingBox();
  if (box === null) throw new Error('nothing to drop on');
  const client = await page.context().newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const dragged = { items: [], ...data, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await client.send('Input.dispatchDragEvent', { type, ...at, data: dragged });
  await client.detach();
}

for (const [name, place] of Object.entries(PLACES)) {
  test.describe(name, () => {
    test.beforeEach(async ({ page }) => {
      await place.open(page);
      await expect(place.question(page)).toBeVisible();
    });

    const words = 'Words of an office program';
    const html = `<html><body><p>${words}</p></body></html>`;

    test('words copied from an office program win over their picture where they can be written', async ({ page }) => {
      await copy(page, { text: words, html, picture: await drawnPicture(page) });
      await place.question(page).click();
      await page.keyboard.press('Control+V');
      await expect(place.question(page)).toHaveValue(words);
      await expect(place.picture(page)).toBeHidden();

      await place.button(page).focus();
      await page.keyboard.press('Control+V');
      await expect(place.picture(page)).toBeVisible();
      await expect(place.question(page)).toHaveValue(words);
    });

    test('a picture alone, or one that was copied in a browser, is a picture', async ({ page }) => {
      const picture = await drawnPicture(page);
      await copy(page, { picture, html: '<img src="https://example.org/a.png" alt="A cat">' });
      await place.question(page).click();
      await page.keyboard.press('Control+V');
      await expect(place.picture(page)).toBeVisible();
      await expect(place.question(page)).toHaveValue('');

      await place.open(page);
      await copy(page, { picture });
      await place.question(page).click();
      await page.keyboard.press('Control+V');
      await expect(place.picture(page)).toBeVisible();
      await expect(place.notice(page)).toBeHidden();
    });

    test('an address is not opened, and said to be one', async ({ page }) => {
      await copy(page, { text: 'https://example.org/a.png' });
      await place.question(page).click();
      await page.keyboard.press('Control+V');
      await expect(place.notice(page)).toContainText('That is an address');
      await expect(place.question(page)).toHaveValue('');
    });

    test('files that are no pictures are refused with a word, and opened nowhere', async ({ page }) => {
      const over = place.question(page);
      await drop(page, over, { files: [join(folder, 'README.md')] });
      await expect(place.notice(page)).toContainText('This file is not a picture.');
      await drop(page, over, { files: [join(folder, 'photo.heic')] });
      await expect(place.notice(page)).toContainText('This is a HEIC file');
      await expect(place.picture(page)).toBeHidden();
      await drop(page, over, { items: [{ mimeType: 'text/uri-list', data: 'https://example.org/a.png' }] });
      await expect(place.notice(page)).toContainText('That came without a file.');
      expect(page.context().pages().length).toBe(1);
      await expect(over).toHaveValue('');

      await writeFile(join(folder, 'drawn.png'), await drawnPicture(page));
      await drop(page, over, { files: [join(folder, 'drawn.png')] });
      await expect(place.picture(page)).toBeVisible();
      await expect(place.notice(page)).toBeHidden();
      // A second one that is refused leaves the first.
      await drop(page, over, { files: [join(folder, 'photo.heic')] });
      await expect(place.notice(page)).toContainText('HEIC');
      await expect(place.picture(page)).toBeVisible();
    });

    test('a dragged picture whose address is all of it is taken; its own picture, dragged about, is left where it is', async ({
      page,
    }) => {
      const over = place.question(page);
      const data = `data:image/png;base64,${(await drawnPicture(page)).toString('base64')}`;
      await drop(page, over, { items: [{ mimeType: 'text/uri-list', data }] });
      await expect(place.picture(page)).toBeVisible();
      await expect(place.notice(page)).toBeHidden();

      const started = page.evaluate(
        () => new Promise<void>((seen) => addEventListener('dragstart', () => seen(), { capture: true })),
      );
      await page.getByRole('img', { name: /^Your picture|^The picture you ask about/ }).hover();
      await page.mouse.down();
      await over.hover();
      await over.hover();
      await started;
      await page.mouse.up();
      await expect(over).toHaveValue('');
      await expect(place.notice(page)).toBeHidden();
      await expect(page.getByRole('img', { name: /^Your picture|^The picture you ask about/ })).toHaveCount(1);
    });

    test('the Enter that ends a composition asks nothing, not in Safari either', async ({ page }) => {
      const client = await page.context().newCDPSession(page);
      await place.question(page).click();
      const pressEnter = async (keyCode: number): Promise<void> => {
        for (const type of ['rawKeyDown', 'keyUp'] as const)
          await client.send('Input.dispatchKeyEvent', { type, key: 'Enter', windowsVirtualKeyCode: keyCode });
      };
      await client.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
      await pressEnter(13);
      await client.send('Input.insertText', { text: '日本' });
      await pressEnter(229); // Safari: the composition is over, the key belongs to it
      await expect(place.question(page)).toHaveValue('日本');
      await expect(place.notice(page)).toBeHidden();
      await pressEnter(13);
      await expect(place.notice(page)).toContainText('Add a picture first');
      await expect(place.question(page)).toHaveValue('日本');
    });
  });
}

test('<image-assistant> refuses in the language it stands in', async ({ page }) => {
  await page.goto(site.url);
  const heic = { name: 'photo.heic', mimeType: 'image/heic', buffer: await readFile(join(folder, 'photo.heic')) };
  for (const [lang, words] of [
    ['de', 'Das ist eine HEIC-Datei, die sich hier nicht öffnen lässt. Füge sie als JPEG oder PNG hinzu.'],
    ['ar', 'هذا ملف HEIC ولا يمكن فتحه هنا. أضفه بصيغة JPEG أو PNG.'],
    ['zh-CN', '这是 HEIC 文件，无法在此打开。请将其另存为 JPEG 或 PNG 后添加。'],
  ] as const) {
    await page.evaluate((tag) => void (document.documentElement.lang = tag), lang);
    await element(page).locator('input[type=file]').setInputFiles(heic);
    await expect(element(page).getByRole('alert')).toHaveText(words);
    await expect(element(page).getByRole('img')).toHaveCount(0);
  }
});
