/** The page, the frame and the library over plain http from another host: what browsers keep for safe pages is missing. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page, test as unguarded } from '@playwright/test';
import { addDrawnPicture, ask, drawnPicture, expectState, open, textOf } from './assistant.ts';
import { type Host, startHost } from './host.ts';
import { command, LIBRARY, ROOT, serveFolder, type Site } from './package.ts';
import { expect, test } from './test.ts';

/** A name that Chromium does not take for this device, as a phone has one for the computer on the desk. */
const HOST = 'mipha.test';
const AS_ROOT = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const PATIENCE = { timeout: 600_000 };

let server: Host;
let site: Site;
let folder: string;
const named = (url: string): string => url.replace('127.0.0.1', HOST);

const overPlainHttp = {
  baseURL: `http://${HOST}/`,
  launchOptions: {
    executablePath: process.env['CHROME_PATH'] ?? '',
    args: [...AS_ROOT, `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
  },
};
test.use(overPlainHttp);
unguarded.use(overPlainHttp);

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'http-'));
  await symlink(LIBRARY, join(folder, 'mipha-web'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><html lang="en"><title>Site</title><h1>Site</h1></html>');
  site = await serveFolder(folder);
  // Links instead of copies: the build holds 70 MB.
  const built = join(ROOT, '.cache', `http-${process.pid}`);
  command(ROOT, 'cp', '-al', 'dist', built);
  await rm(join(built, 'embed-origins.json'));
  await writeFile(join(built, 'embed-origins.json'), JSON.stringify({ origins: [named(site.origin)] }));
  server = await startHost('--root', built);
});
test.afterAll(async () => {
  server.stop();
  await site.close();
  for (const path of [folder, join(ROOT, '.cache', `http-${process.pid}`)])
    await rm(path, { recursive: true, force: true });
});

/** What Chromium takes away; the specs below would show nothing if it were there. */
const missing = (page: Page) =>
  page.evaluate(() => ({
    secure: isSecureContext,
    there: [
      'randomUUID' in crypto,
      'subtle' in crypto,
      ...['clipboard', 'gpu', 'locks', 'mediaDevices', 'serviceWorker', 'storage', 'wakeLock'].map(
        (name) => name in navigator,
      ),
      'caches' in globalThis,
    ],
  }));

test('the page works: it loads, answers, keeps, copies, and says why it is slower', async ({ page }) => {
  await open(page, named(server.url));
  const { secure, there } = await missing(page);
  expect(secure).toBe(false);
  expect(there.every((found) => !found)).toBe(true);

  await addDrawnPicture(page);
  const answer = await ask(page, 'What shapes are in the picture?');
  await expectState(answer, 'done');
  await expect(textOf(answer)).toContainText(/circle.*square|square.*circle/);
  await answer.getByRole('button', { name: 'Copy' }).click();
  await expect(answer.getByRole('button', { name: 'Copied' })).toBeVisible();
  await page.keyboard.press('Control+v'); // into nothing: the field that was copied from is gone
  await page.getByRole('textbox', { name: 'Question' }).focus();
  await page.keyboard.press('Control+v');
  await expect(page.getByRole('textbox', { name: 'Question' })).toHaveValue((await textOf(answer).textContent()) ?? '');
  await expect(page.getByRole('button', { name: /Take photo|Capture screen/ })).toHaveCount(0);

  await page.locator('details.why summary').click();
  await expect(
    page.getByText('Browsers give WebGPU only to pages that come over https or from localhost.'),
  ).toBeVisible();
  await expect(page.getByText(/runs on 1 thread, because this page came over plain http/)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Conversations and settings' }).click();
  await expect(page.getByText(/This page came over plain http/)).toBeVisible();

  await open(page, named(server.url));
  await page.getByRole('button', { name: 'Conversations and settings' }).click();
  await expect(page.getByRole('dialog').getByText('What shapes are in the picture?')).toBeVisible();
});

test.describe('in German', () => {
  test.use({ locale: 'de-DE' });

  test('who asks for the GPU is told what to do', async ({ page }) => {
    await page.goto(`${named(server.url)}?device=webgpu`);
    await expect(page.getByRole('alert').filter({ hasText: 'Öffnen Sie diese Seite über https' })).toBeVisible(
      PATIENCE,
    );
  });

  unguarded('a start that fails says so, in page and frame', async ({ page }) => {
    // A browser without random numbers: nothing can be named.
    await page.addInitScript(() => Reflect.deleteProperty(Crypto.prototype, 'getRandomValues'));
    await page.goto(named(server.url));
    await expect(page.getByRole('alert')).toHaveText(/nicht starten, weil sie über einfaches http kam.*auf localhost/);
    await page.addInitScript(() => Reflect.deleteProperty(Node.prototype, 'baseURI'));
    await page.goto(`${named(server.url)}embed.html`);
    await expect(page.getByText(/nicht starten, weil diese Seite über einfaches http kam/)).toBeVisible();
  });
});

test('the frame answers', async ({ page }) => {
  const picture = `data:image/png;base64,${(await drawnPicture(page)).toString('base64')}`;
  await page.goto(named(site.url));
  const answer = await page.evaluate(
    async ({ picture, host }) => {
      const { connectFrame } = await import(new URL('mipha-web/frame.js', location.href).href);
      const iframe = document.createElement('iframe');
      iframe.src = `${host}embed.html`;
      const loaded = new Promise((done) => iframe.addEventListener('load', done));
      document.body.append(iframe);
      await loaded;
      const assistant = await connectFrame(iframe, { origin: new URL(host).origin });
      await assistant.attach(await (await fetch(picture)).blob());
      return assistant.ask('What shapes are in the picture?');
    },
    { picture, host: named(server.url) },
  );
  expect(answer).toMatch(/circle.*square|square.*circle/);
});

test('the library and the element answer; a GPU that was asked for is refused by name', async ({ page }) => {
  await page.goto(named(site.url));
  const picture = `data:image/png;base64,${(await drawnPicture(page)).toString('base64')}`;
  const outcome = await page.evaluate(async (picture) => {
    const { createAssistant } = await import(new URL('mipha-web/index.js', location.href).href);
    const { ImageAssistantElement } = await import(new URL('mipha-web/element.js', location.href).href);
    const image = await (await fetch(picture)).blob();
    const messages = [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: picture } },
          { type: 'text', text: 'What shapes are in the picture?' },
        ],
      },
    ];
    const assistant = await createAssistant();
    const { choices } = await assistant.chat.completions.create({ messages });
    const element = new ImageAssistantElement();
    document.body.append(element);
    await element.attach(image);
    const spoken = await element.ask('What shapes are in the picture?');
    const refused = await createAssistant({ device: 'webgpu' })
      .load()
      .catch(({ code, evidence }: { code: string; evidence: object }) => ({ code, evidence }));
    return { answer: choices[0].message.content, spoken, refused };
  }, picture);
  expect(outcome.answer).toMatch(/circle.*square|square.*circle/);
  expect(outcome.spoken).toBe(outcome.answer);
  expect(outcome.refused).toMatchObject({ code: 'webgpu-missing', evidence: { reason: 'insecureContext' } });
});
