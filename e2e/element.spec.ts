/** `<image-assistant>` in a page with the strict policy: two of them, a form, their end, and text that would be more than text. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { drawnPicture } from './assistant.ts';
import { HOSTILE } from './hostile-answers.ts';
import { LIBRARY, serveFolder, type Site } from './package.ts';
import { expect, test } from './test.ts';

const PATIENCE = { timeout: 180_000 };
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
  "img-src blob:; form-action 'self'; require-trusted-types-for 'script'; trusted-types mipha-web default";

interface Noted {
  notes: { id: string; type: string; detail: Record<string, unknown> }[];
}

let folder: string;
let site: Site;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'element-'));
  await symlink(LIBRARY, join(folder, 'mipha-web'));
  const html = '<!doctype html><html lang="de"><title>Element</title><script type="module" src="page.js"></script>';
  await writeFile(join(folder, 'index.html'), html);
  await writeFile(
    join(folder, 'page.js'),
    `import { ImageAssistantElement } from './mipha-web/element.js';
     globalThis.ImageAssistantElement = ImageAssistantElement;
     globalThis.notes = [];
     for (const type of ['ready', 'progress', 'token', 'answer', 'error'])
       document.addEventListener(type, ({ target, detail }) => notes.push({ id: target.id, type, detail }), true);`,
  );
  site = await serveFolder(folder, { 'Content-Security-Policy': POLICY });
});
test.afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true, force: true });
});

/** Adds elements with these ids to a form. */
async function add(page: Page, ...ids: string[]): Promise<void> {
  await page.evaluate((names) => {
    const form = document.querySelector('form') ?? document.body.appendChild(document.createElement('form'));
    for (const id of names) {
      const element = document.createElement('image-assistant');
      element.id = id;
      element.setAttribute('name', id);
      element.setAttribute('device', 'wasm');
      form.append(element);
    }
  }, ids);
}

const notes = (page: Page) => page.evaluate(() => (globalThis as unknown as Noted).notes);
const count = async (page: Page, type: string) => (await notes(page)).filter((note) => note.type === type).length;

test('two share one engine, answer in their language and in a form, and leave nothing behind', async ({ page }) => {
  await page.goto(site.url);
  await page.evaluate(() => document.createElement('image-assistant'));
  expect(site.requests.filter((path) => path.includes('/runtime/'))).toEqual([]);

  await add(page, 'one', 'two');
  await expect.poll(() => count(page, 'ready'), PATIENCE).toBe(2);
  expect(page.workers().length).toBe(1);
  expect(site.requests.filter((path) => path.endsWith('manifest.json')).length).toBe(1);
  expect(await count(page, 'progress')).toBeGreaterThan(2);

  const one = page.locator('#one');
  await one.getByRole('button', { name: 'Fragen' }).click();
  await expect(one.getByRole('alert')).toHaveText('Gib zuerst eine Frage ein.');
  await one.getByRole('textbox', { name: 'Frage' }).fill('What shapes are in the picture?');
  await one.getByRole('textbox', { name: 'Frage' }).press('Enter');
  await expect(one.getByRole('alert')).toHaveText('Füge zuerst ein Bild hinzu.');
  await one
    .locator('input[type=file]')
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: await drawnPicture(page) });
  await expect(one.getByRole('textbox', { name: 'Frage' })).toHaveValue('What shapes are in the picture?');
  await expect(one.getByRole('img', { name: 'Das Bild, um das es geht' })).toBeVisible();
  await one.getByRole('button', { name: 'Fragen' }).click();
  await expect.poll(() => count(page, 'answer'), PATIENCE).toBe(1);
  const seen = await notes(page);
  const text = seen
    .filter(({ type }) => type === 'token')
    .map(({ detail }) => detail['text'])
    .join('');
  expect(text).toMatch(/circle.*square|square.*circle/);
  expect(seen.find(({ type }) => type === 'answer')).toMatchObject({
    id: 'one',
    detail: { text, finish_reason: 'stop' },
  });
  await expect(one.locator('[part=answer]')).toHaveText(text);
  const sent = await page.evaluate(() => [...new FormData(document.querySelector('form')!).entries()]);
  expect(sent).toEqual([['one', text]]);

  // Its picture is kept when it moves, and gone with a reset.
  await page.evaluate(() => document.querySelector('form')!.prepend(document.querySelector('#two')!));
  expect(page.workers().length).toBe(1);
  await page.evaluate(() => document.querySelector('form')!.reset());
  await expect(one.getByRole('img')).toHaveCount(0);
  expect(await page.evaluate(() => [...new FormData(document.querySelector('form')!).keys()])).toEqual([]);

  await page.evaluate(() => document.querySelector('#one')!.remove());
  await page.waitForTimeout(500);
  expect(page.workers().length).toBe(1);
  await page.evaluate(() => document.querySelector('#two')!.remove());
  await expect.poll(() => page.workers().length, PATIENCE).toBe(0);
  await add(page, 'three');
  await expect.poll(() => count(page, 'ready'), PATIENCE).toBe(3);
});

test('Stop ends an answer that has begun; ask() and attach() do what the buttons do', async ({ page }) => {
  await page.goto(site.url);
  await add(page, 'one');
  const url = `data:image/png;base64,${(await drawnPicture(page)).toString('base64')}`;
  const outcome = await page.evaluate(async (src) => {
    type Assistant = HTMLElement & { attach(p: string): Promise<void>; ask(q: string): Promise<string>; stop(): void };
    const element = document.querySelector<Assistant>('#one')!;
    const refused = await element
      .attach('https://elsewhere.example/a.png')
      .catch((error: { code: string }) => error.code);
    await element.attach(src);
    element.addEventListener('token', () => element.stop(), { once: true });
    const stopped = await element.ask('What shapes are in the picture?');
    const whole = await element.ask('What shapes are in the picture?');
    return { refused, stopped, whole };
  }, url);
  expect(outcome.refused).toBe('request-invalid');
  expect(outcome.whole.length).toBeGreaterThan(outcome.stopped.length);
  expect(
    (await notes(page)).filter(({ type }) => type === 'answer').map(({ detail }) => detail['finish_reason']),
  ).toEqual(['cancelled', 'stop']);
});

test('attributes are properties; the page decides the look by parts and custom properties', async ({ page }) => {
  await page.goto(site.url);
  const src = `data:image/png;base64,${(await drawnPicture(page)).toString('base64')}`;
  const seen = await page.evaluate(async (src) => {
    type Assistant = HTMLElement & Record<'model' | 'src' | 'theme' | 'baseUrl' | 'device' | 'value', string>;
    const scope = globalThis as unknown as { ImageAssistantElement: { startBackend: unknown } };
    scope.ImageAssistantElement.startBackend = () => ({ load: async () => ({}), dispose: async () => {} });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('image-assistant::part(ask) { font-weight: 900 }');
    document.adoptedStyleSheets.push(sheet);
    const element = document.createElement('image-assistant') as Assistant;
    Object.assign(element, { model: 'named', src, theme: 'dark', baseUrl: '/elsewhere/', device: 'wasm' });
    element.style.setProperty('--image-assistant-accent', 'rgb(1, 2, 3)');
    document.body.append(element);
    const root = element.shadowRoot!;
    const picture = root.querySelector('img')!;
    if (!picture.src) await new Promise((shown) => new MutationObserver(shown).observe(picture, { attributes: true }));
    await picture.decode();
    const ask = getComputedStyle(root.querySelector('[part~=ask]')!);
    return {
      attributes: ['model', 'theme', 'base-url', 'device'].map((name) => element.getAttribute(name)),
      look: [ask.fontWeight, ask.backgroundColor, getComputedStyle(element).colorScheme],
      width: picture.naturalWidth,
      value: element.value,
    };
  }, src);
  expect(seen).toEqual({
    attributes: ['named', 'dark', '/elsewhere/', 'wasm'],
    look: ['900', 'rgb(1, 2, 3)', 'dark'],
    width: 256,
    value: '',
  });
});

test('whatever a model writes is shown as it is: no element, no script, no request', async ({ page }) => {
  await page.goto(site.url);
  const shown = await page.evaluate(async (texts) => {
    type Assistant = HTMLElement & { attach(p: Blob): Promise<void>; ask(q: string): Promise<string> };
    const scope = globalThis as unknown as { ImageAssistantElement: { startBackend: unknown } };
    scope.ImageAssistantElement.startBackend = () => ({
      load: async () => ({ id: 'hostile', device: 'wasm' }),
      dispose: async () => {},
      async *chat() {
        const text = texts[index]!;
        // In two pieces, as a stream would bring it.
        yield { type: 'text', text: text.slice(0, 7) };
        yield { type: 'text', text: text.slice(7) };
        yield { type: 'done', finish_reason: 'stop', usage: {}, timings: {} };
      },
    });
    let index = 0;
    const element = document.body.appendChild(document.createElement('image-assistant')) as Assistant;
    const canvas = new OffscreenCanvas(2, 2);
    canvas.getContext('2d')?.fillRect(0, 0, 1, 1);
    await element.attach(await canvas.convertToBlob());
    for (; index < texts.length; index++) await element.ask(texts[index]!);
    const log = element.shadowRoot!.querySelector('[role=log]')!;
    return {
      answers: [...log.querySelectorAll('[part=answer]')].map(({ textContent }) => textContent),
      tags: [...new Set([...log.querySelectorAll('*')].map(({ tagName }) => tagName))],
      pwned: (globalThis as { pwned?: number }).pwned ?? null,
    };
  }, HOSTILE);
  expect(shown).toEqual({ answers: HOSTILE, tags: ['P'], pwned: null });
});

test('a screen reader hears sentences, from one polite region, and never token by token', async ({ page }) => {
  await page.goto(site.url);
  await page.evaluate(async () => {
    type Assistant = HTMLElement & { attach(p: Blob): Promise<void>; ask(q: string): Promise<string> };
    type Scope = { ImageAssistantElement: { startBackend: unknown }; heard: string[] };
    const scope = globalThis as unknown as Scope;
    const tokens = 'There is a red circle. It stands left of a blue square. The ground is white'.split(/(?= )/);
    scope.ImageAssistantElement.startBackend = () => ({
      load: async () => ({ id: 'slow', device: 'wasm' }),
      dispose: async () => {},
      async *chat() {
        for (const text of tokens) {
          await new Promise((resolve) => setTimeout(resolve, 60));
          yield { type: 'text', text };
        }
        yield { type: 'done', finish_reason: 'stop', usage: {}, timings: {} };
      },
    });
    const element = document.body.appendChild(document.createElement('image-assistant')) as Assistant;
    // What an assistive technology is told of: each change inside a live region, by what makes one.
    scope.heard = [];
    const LIVE = '[aria-live], [role=log], [role=status], [role=alert], output';
    new MutationObserver((records) => {
      for (const { target, addedNodes } of records) {
        const region = (target as Element).closest?.(LIVE);
        if (!region || region.getAttribute('aria-live') === 'off') continue;
        const text = [...addedNodes].map(({ textContent }) => textContent).join('');
        if (text.trim() !== '') scope.heard.push(text.trim());
      }
    }).observe(element.shadowRoot!, { subtree: true, childList: true });
    const canvas = new OffscreenCanvas(2, 2);
    canvas.getContext('2d')?.fillRect(0, 0, 1, 1);
    await element.attach(await canvas.convertToBlob());
    await element.ask('What is there?');
  });
  const heard = () => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
  await expect.poll(async () => (await heard()).at(-1)).toMatch(/The ground is white$/);
  const [ready, ...answer] = await heard();
  expect(ready).toBe('Läuft auf diesem Gerät. Nichts wird gesendet.');
  expect(answer.length).toBeLessThanOrEqual(3);
  expect(answer.join(' ')).toBe('Antwort: There is a red circle. It stands left of a blue square. The ground is white');
  const regions = await page.evaluate(() => {
    const root = document.querySelector('image-assistant')!.shadowRoot!;
    const live = [...root.querySelectorAll('[aria-live=polite]')];
    const log = root.querySelector('[role=log]')!;
    const answer = root.querySelector('[part=answer]')!;
    return [live.length, log.getAttribute('aria-live'), answer.getAttribute('lang'), answer.childNodes.length];
  });
  expect(regions).toEqual([1, 'off', 'en', 1]);
});
