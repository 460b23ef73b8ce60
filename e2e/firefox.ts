/** An installed Firefox → the same page in another browser, driven over WebDriver BiDi. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';

const NAMES = ['firefox-esr', 'firefox', 'firefox.exe'];
const PLACES = ['/Applications/Firefox.app/Contents/MacOS', 'C:\\Program Files\\Mozilla Firefox'];

/** `FIREFOX_PATH`, else what is in the usual places; null without any. */
export function findFirefox(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...PLACES];
  const candidates = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [process.env['FIREFOX_PATH'] ?? '', ...candidates].find((path) => path !== '' && existsSync(path)) ?? null;
}

/** Headless, with one page. What that reports on its console and throws is collected in `complaints`. */
export async function startFirefox(executablePath: string): Promise<{
  firefox: Browser;
  page: Page;
  complaints: string[];
}> {
  const complaints: string[] = [];
  const firefox = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
  const page = await firefox.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(message.text());
  });
  return { firefox, page, complaints };
}

const PATIENCE = { timeout: 300_000 };

export async function openPage(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.waitForSelector('[data-model=ready]', PATIENCE);
}

/** Adds the first sample and asks about it; resolves to the words of the answer. */
export async function askAboutSample(page: Page, question: string): Promise<string> {
  await page.locator('aria/Sample: coloured shapes').click();
  await page.locator('aria/Remove image').wait();
  await page.locator('textarea').fill(question);
  await page.keyboard.press('Enter');
  await page.waitForSelector('article[data-state=done]', PATIENCE);
  return page.$eval('article[data-state=done] .answer-text', (answer) => answer.textContent ?? '');
}

export async function waitForText(page: Page, text: string): Promise<void> {
  await page.waitForFunction((wanted) => document.body.textContent?.includes(wanted), PATIENCE, text);
}
