/** Group U: the built page as it reaches a browser: changed on the way, over plain http, in a browser without random numbers. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { corpus } from '../../cli/test/corpus.ts';
import { hookWorker, slowPieces } from '../../e2e/hooks.ts';
import { holds, same, type SiteCase } from '../part-case.ts';
import type { Site } from '../site-visit.ts';

const CHANGED = /arrives in this browser with other bytes.*no offline use/;
const PATIENCE_MS = 30_000;

/** Resolves when `happened` is true, or rejects. */
async function until(happened: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await new Promise((next) => setTimeout(next, 100)))
    if (await happened()) return;
  throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s`);
}

const caches = ({ page }: Site): Promise<string[]> => page.evaluate('caches.keys()');

const added = (text: string) => async (folder: string) => {
  const index = join(folder, 'index.html');
  await writeFile(index, `${await readFile(index, 'utf8')}${text}`);
};

/** As browsers translate: each text that may be translated is put into a `<font>`, now and every 20 ms. */
const TRANSLATOR = `setInterval(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    if (text.data.trim() === '' || text.parentElement.closest('font, [translate=no], textarea, svg')) continue;
    const font = document.createElement('font');
    font.textContent = '«' + text.data + '»';
    text.replaceWith(font);
  }
}, 20)`;

/** Asks about a picture and resolves to the whole answer, without the signs of the translator. */
async function answered({ page }: Site): Promise<string> {
  const answer = page.getByRole('article').last();
  await page.getByRole('textbox').fill('Describe the picture.');
  await page.keyboard.press('Enter');
  const growing = page.locator('article[data-state=streaming] .answer-text');
  await growing.waitFor({ timeout: PATIENCE_MS });
  await page.waitForTimeout(50);
  same(await growing.locator('font').count(), 0, 'parts of a growing answer that were replaced');
  await page.locator('article[data-state=done]').last().waitFor({ timeout: PATIENCE_MS });
  await page.waitForTimeout(300); // the translator comes round once more
  return ((await answer.locator('.answer-text').textContent()) ?? '').replaceAll(/[«»]/g, '');
}

async function translated(site: Site): Promise<void> {
  await hookWorker(site.page, slowPieces(100), { every: true });
  await site.visit();
  await site.ready();
  const name = 'drawing.png';
  const file = { name, mimeType: 'image/png', buffer: corpus().get(name) ?? Buffer.alloc(0) };
  const add = async (): Promise<void> => {
    await site.page.locator('input[type=file]').first().setInputFiles(file);
    await site.page.locator('img.thumbnail').waitFor();
  };
  await add();
  const whole = await answered(site);
  holds(whole.split(' ').length > 6, `"${whole}" is too short to be met half-way`);
  await site.page.getByRole('button', { name: 'New conversation' }).click();
  await add();
  await site.page.evaluate(TRANSLATOR);
  same(await answered(site), whole, 'the answer under a translation');
}

export const BUILT_PAGE: SiteCase[] = [
  {
    id: 'U01-changed',
    title: 'a CDN adds to index.html: its owner is told, and no half-filled cache is left',
    state: 'right',
    async run(site) {
      await site.visit({ change: added('\n<!-- added on the way -->\n') });
      await site.ready();
      await until(() => site.said.some((line) => CHANGED.test(line)), 'a word to the owner');
      await until(async () => (await caches(site)).length === 0, 'the end of the cache');
    },
  },
  {
    id: 'U01-untouched',
    title: 'a page as it was built is stored, and nobody is told anything',
    state: 'right',
    async run(site) {
      await site.visit();
      await site.ready();
      await until(async () => (await caches(site)).length > 0, 'the cache');
      await site.page.getByText('Works offline').waitFor({ timeout: PATIENCE_MS });
      same(
        site.said.filter((line) => CHANGED.test(line)),
        [],
        'what is told',
      );
    },
  },
  {
    id: 'U02-plain-http',
    title: 'the built page over plain http stands and loads its model',
    state: 'right',
    async run(site) {
      await site.visit({ plainHttp: true });
      same(await site.page.evaluate('isSecureContext'), false, 'a safe page');
      await site.ready();
    },
  },
  {
    id: 'U02-no-random',
    title: 'a start that fails over plain http: a sentence instead of a white page',
    state: 'right',
    async run(site) {
      await site.page.addInitScript('delete Crypto.prototype.getRandomValues');
      await site.visit({ plainHttp: true });
      const told = await site.textOf('alert');
      holds(/came over plain http\. Open it over https or on localhost/.test(told), `it says "${told}"`);
    },
  },
  {
    id: 'U03-translated',
    title: 'a page translation replaces texts while an answer streams: it comes whole all the same',
    state: 'right',
    run: translated,
  },
];
