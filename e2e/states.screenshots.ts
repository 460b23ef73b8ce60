/** Each main state of the page → docs/screenshots/*.jpg: on a desktop and on phones, light and dark, in every language. */
import type { Browser, Page } from '@playwright/test';
import { ask, choose, draftPicture, expectReady, expectState, open, textOf } from './assistant.ts';
import { hookWorker, slowPieces } from './hooks.ts';
import { expect, test } from './test.ts';

const FOLDER = 'docs/screenshots';
const DESKTOP = { viewport: { width: 1100, height: 720 } };
const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };

const start = async (browser: Browser, options: typeof DESKTOP, colorScheme: 'light' | 'dark'): Promise<Page> => {
  const context = await browser.newContext({ ...options, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await open(page);
  return page;
};

const take = (page: Page, name: string) =>
  page.screenshot({ path: `${FOLDER}/${name}.jpg`, type: 'jpeg', quality: 72 });

async function addSample(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name }).click();
  await draftPicture(page).waitFor();
}

test('desktop, light: first screen, part of a picture, an answer, models', async ({ browser }) => {
  const page = await start(browser, DESKTOP, 'light');
  await take(page, 'desktop-first');
  await addSample(page, /coloured shapes/);
  await page.getByRole('button', { name: 'Look closer' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Ask about a part' }).click();
  await take(page, 'desktop-part');
  await page.keyboard.press('Escape');
  await expectState(await ask(page, 'Describe the picture.'), 'done');
  await expectState(await ask(page, 'What colour is the circle?'), 'done');
  await take(page, 'desktop-answer');
  await page.getByRole('button', { name: 'Models' }).click();
  await page.getByRole('dialog').getByText('Mipha nano').first().waitFor();
  await take(page, 'desktop-models');
  await page.context().close();
});

test('desktop, light: an answer that is being written, a model that does not come', async ({ browser }) => {
  const context = await browser.newContext({ ...DESKTOP, colorScheme: 'light' });
  const page = await context.newPage();
  await hookWorker(page, slowPieces(400));
  await open(page);
  await addSample(page, /coloured shapes/);
  const answer = await ask(page, 'Describe the picture.');
  await expect(textOf(answer)).toContainText(/\w+ \w+ \w+ \w+/);
  await take(page, 'desktop-streaming');
  await expectState(answer, 'done');
  await context.close();

  const failing = await browser.newContext({ ...DESKTOP, colorScheme: 'light', serviceWorkers: 'block' });
  const broken = await failing.newPage();
  await broken.route('**/models/**', (route) => route.abort());
  await broken.goto('./');
  await broken.locator('.status.failure').waitFor();
  await take(broken, 'desktop-no-model');
  await failing.close();
});

test('desktop, dark: an answer, the source of answers', async ({ browser }) => {
  const page = await start(browser, DESKTOP, 'dark');
  await addSample(page, /things to count/);
  await expectState(await ask(page, 'Describe the picture.'), 'done');
  await take(page, 'desktop-answer-dark');
  await page.getByRole('button', { name: 'Source' }).click();
  await page.getByRole('dialog').waitFor();
  await take(page, 'desktop-source-dark');
  await page.context().close();
});

test('phone, light: a picture, a refusal, the drawer, Arabic', async ({ browser }) => {
  const page = await start(browser, PHONE, 'light');
  await addSample(page, /printed word/);
  await take(page, 'phone-picture');
  await choose(page, Buffer.from('a letter'), 'letter.png');
  await page.getByRole('alert').filter({ visible: true }).waitFor();
  await take(page, 'phone-refusal');
  await expectState(await ask(page, 'What does the text say?'), 'done');
  await page.getByRole('button', { name: 'Conversations and settings' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('combobox').first().waitFor();
  await take(page, 'phone-history-settings');
  await drawer.getByRole('combobox', { name: 'Language' }).selectOption('ar');
  await page.locator('html[dir=rtl]').waitFor();
  await page.reload();
  await expectReady(page);
  await take(page, 'phone-arabic');
  await page.context().close();
});

test('phone, dark: first screen and an answer', async ({ browser }) => {
  const page = await start(browser, PHONE, 'dark');
  await take(page, 'phone-first-dark');
  await addSample(page, /coloured shapes/);
  await expectState(await ask(page, 'How many shapes are there?'), 'done');
  await take(page, 'phone-answer-dark');
  await page.context().close();
});

const SMALL = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

test('small phones, each in another language: first screen, drawer, why, a picture, the camera', async ({
  browser,
}) => {
  const visit = async (locale: string): Promise<Page> => {
    const context = await browser.newContext({ ...SMALL, locale, permissions: ['camera'] });
    const page = await context.newPage();
    await open(page);
    return page;
  };
  const german = await visit('de');
  await take(german, 'small-german');
  await german.locator('.header').getByRole('button').first().click();
  await german.getByRole('combobox').first().waitFor();
  await take(german, 'small-german-drawer');
  await german.context().close();

  const french = await visit('fr');
  await french.locator('.why summary').click();
  await french.locator('.why-text li').first().waitFor();
  await take(french, 'small-french-why');
  await french.context().close();

  const spanish = await visit('es');
  await spanish.locator('.sample').first().click();
  await spanish.locator('.tray-item').waitFor();
  await take(spanish, 'small-spanish-picture');
  await spanish.context().close();

  const chinese = await visit('zh');
  await chinese.locator('.sample').first().click();
  await chinese.locator('.chip').first().click();
  await expectState(chinese.locator('.answer'), 'done');
  await take(chinese, 'small-chinese-answer');
  await chinese.context().close();

  const english = await visit('en');
  await english.getByRole('button', { name: 'Take photo' }).click();
  const capture = english.getByRole('dialog').getByRole('button', { name: 'Capture' });
  await expect(capture).toBeEnabled();
  await english.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1);
  await capture.click();
  await english.getByRole('img', { name: 'The photo you took' }).waitFor();
  await take(english, 'small-camera');
  await english.context().close();
});
