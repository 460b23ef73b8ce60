/** A visit to the page in a real browser, through its own controls → what a person would have waited for. */
import type { BrowserContext, Page } from '@playwright/test';

/** Milliseconds since the visit began, read in the page itself. */
export interface LoadTimes {
  /** The question box was on the screen and the page drew another frame. */
  interactive: number;
  /** The model had passed its self-test. */
  ready: number;
}

export interface AskTimes {
  /** From the press on Ask to the first text on the screen. */
  shown: number;
  /** From the request's arrival in the engine to its first token, as the page reports it. */
  first_token: number;
  /** Decode speed; absent for answers too short to have one. */
  tokens_per_second: number | undefined;
  tokens: number;
  answer: string;
}

interface Marks {
  interactive?: number;
  ready?: number;
}

/** Runs in the page before anything else: notes when the two marks first hold. */
function watchMarks(): void {
  const marks: Marks = {};
  (globalThis as { benchMarks?: Marks }).benchMarks = marks;
  const look = () => {
    if (document.querySelector('textarea[aria-label="Question"]')) {
      requestAnimationFrame(() => requestAnimationFrame(() => (marks.interactive ??= performance.now())));
    }
    if (!document.querySelector('[data-model="ready"]')) return;
    marks.ready ??= performance.now();
    observer.disconnect();
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, attributes: true });
}

/** Runs in the page: presses Ask and resolves with the time until the new answer shows text. */
function pressAsk(): Promise<number> {
  const answers = () => document.querySelectorAll('[role="log"] article');
  const before = answers().length;
  const ask = [...document.querySelectorAll('button')].find((button) => button.textContent.trim() === 'Ask');
  if (!ask) throw new Error('There is no button "Ask".');
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const observer = new MutationObserver(() => {
      const newest = answers()[before];
      if (newest?.querySelector('.answer-text')?.textContent) resolve(performance.now() - started);
      else if (newest?.getAttribute('data-state') === 'failed') reject(new Error(newest.textContent));
      else return;
      observer.disconnect();
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    ask.click();
  });
}

/**
 * Opens the page and waits until the model is ready, agreeing to a large download; throws what the page says when it is not
 * going to be. `before` sees the page while it is still empty.
 */
export async function open(
  context: BrowserContext,
  url: string,
  before?: (page: Page) => Promise<void>,
): Promise<{ page: Page; times: LoadTimes }> {
  const page = await context.newPage();
  await before?.(page);
  // tsx wraps named functions in a helper that does not exist in the page.
  await page.addInitScript('globalThis.__name = (named) => named');
  await page.addInitScript(watchMarks);
  await page.goto(url);
  const outcome = page.locator('[data-model="ready"], .status.failure');
  const download = page.getByRole('button', { name: /^Download \(/ });
  await outcome.or(download).first().waitFor({ timeout: 300_000 });
  if (await download.count()) await download.first().click();
  await outcome.first().waitFor({ timeout: 300_000 });
  if (await page.locator('.status.failure').count()) throw new Error(await page.locator('.status.failure').innerText());
  const marks = await page.evaluate(() => (globalThis as { benchMarks?: Marks }).benchMarks);
  return { page, times: { interactive: marks?.interactive ?? Number.NaN, ready: marks?.ready ?? Number.NaN } };
}

/** The number in a row of the newest answer's "Details". */
async function detail(page: Page, term: string): Promise<number | undefined> {
  const row = page.locator('[role="log"] article').last().locator('.details dl > div').filter({ hasText: term });
  if ((await row.count()) === 0) return undefined;
  const text = (await row.locator('dd').textContent()) ?? '';
  return Number.parseFloat(text.replaceAll(',', ''));
}

/** Types a question, presses Ask and waits for the end of the answer. */
export async function ask(page: Page, question: string): Promise<AskTimes> {
  await page.getByRole('textbox', { name: 'Question' }).fill(question);
  const shown = await page.evaluate(pressAsk);
  const answer = page.locator('[role="log"] article').last();
  await answer.and(page.locator('[data-state="done"]')).waitFor({ timeout: 300_000 });
  return {
    shown,
    first_token: (await detail(page, 'First token after')) ?? Number.NaN,
    tokens_per_second: await detail(page, 'Speed'),
    tokens: (await detail(page, 'Tokens written')) ?? Number.NaN,
    answer: (await answer.locator('.answer-text').textContent()) ?? '',
  };
}

/** What the page says about the machine it runs on. */
export async function deviceOf(page: Page): Promise<{ device: string | null; isolated: boolean }> {
  const device = await page.locator('[data-model="ready"]').getAttribute('data-device');
  return { device, isolated: await page.evaluate(() => globalThis.crossOriginIsolated) };
}
