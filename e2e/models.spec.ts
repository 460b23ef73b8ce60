/** The model manager: what is kept is listed, a folder becomes a model, all can be deleted; nothing large comes unasked. */
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expectReady, open } from './assistant.ts';
import { expect, test } from './test.ts';

const FOLDER = join(import.meta.dirname, '../public/models/mipha-nano');

test('a model folder is added, used and deleted', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Models' });
  await expect(dialog.locator('[data-model-url]')).toHaveCount(1);
  await dialog.getByLabel('Add a model from a folder').setInputFiles(join(import.meta.dirname, '../public/samples'));
  await expect(dialog.getByRole('alert')).toContainText('no manifest.json');
  await dialog.getByLabel('Add a model from a folder').setInputFiles(FOLDER);
  await expect(dialog.locator('[data-model-url]')).toHaveCount(2);
  await dialog.locator('[data-model-url^="local-model:"]').getByRole('button', { name: /^Use/ }).click();
  await expectReady(page);
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  await expect(dialog.locator('[data-model-url^="local-model:"]')).toContainText('In use');
  await deleteAll(dialog);
  await expect(dialog.locator('[data-repo]').first()).toContainText('Apache-2.0');
  await dialog.getByLabel('Add a model from a set of files').setInputFiles(await looseFiles());
  await expect(dialog.locator('[data-model-url^="local-model:"]')).toContainText('from your files');
});

test('a large model is fetched only after a press, and on a metered connection "not now" is offered first', async ({
  page,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'connection', { value: { saveData: sessionStorage.getItem('metered') !== null } });
  });
  const sent: string[] = [];
  page.on('request', (request) => sent.push(new URL(request.url()).pathname));
  await page.route('**/manifest.json', async (route) => {
    const manifest = (await (await route.fetch()).json()) as {
      files: { path: string; bytes: number; chunks: string[] }[];
      variants: { weights: string[]; bytes: number }[];
    };
    for (const variant of manifest.variants) variant.bytes += 40_000_000 * variant.weights.length;
    for (const file of manifest.files.filter(({ path }) =>
      manifest.variants.some((one) => one.weights.includes(path)),
    )) {
      file.bytes += 40_000_000;
      file.chunks = Array.from({ length: Math.ceil(file.bytes / 2 ** 23) }, () => 'ab'.repeat(32));
    }
    await route.fulfill({ json: manifest });
  });
  await page.goto('./');
  const card = page.getByRole('region', { name: 'Download a model' });
  await expect(card).toContainText('has to be downloaded first');
  await expect(card.getByRole('button').first()).toContainText('Download');
  await page.evaluate(() => sessionStorage.setItem('metered', 'yes'));
  await page.reload();
  await expect(card).toContainText('metered or saves data');
  await expect(card.getByRole('button').first()).toHaveText('Not now');
  await expect(card.getByRole('button').first()).toHaveClass(/primary/);
  expect(sent.filter((path) => path.endsWith('.bin'))).toEqual([]);
  await card.getByRole('button', { name: 'Not now' }).click();
  await expect(card.getByRole('button')).toHaveCount(1);
  await page.unroute('**/manifest.json');
  await card.getByRole('button', { name: /Download/ }).click();
  await expectReady(page);
});

/** The model's folder on another site, which may or may not let other sites read it. */
async function otherSite(open: boolean): Promise<{ url: string; log: string[]; close: () => void }> {
  const log: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').replace(/^\/model\//, '');
    log.push(path);
    const headers = open ? { 'Access-Control-Allow-Origin': '*' } : {};
    readFile(join(FOLDER, path)).then(
      (bytes) => response.writeHead(200, headers).end(bytes),
      () => response.writeHead(404, headers).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/model/`, log, close: () => server.close() };
}

/** Empties the store; what runs goes on. */
async function deleteAll(dialog: Locator): Promise<void> {
  await dialog.getByRole('button', { name: 'Delete all models' }).click();
  await dialog.getByRole('button', { name: 'Press again' }).click();
  await expect(dialog).toContainText('No model is kept here');
}

const dialogOf = (page: Page): Locator => page.getByRole('dialog', { name: 'Models' });

async function look(page: Page, address: string): Promise<void> {
  await dialogOf(page).getByLabel('Address or repository').fill(address);
  await dialogOf(page).getByRole('button', { name: 'Look', exact: true }).click();
}

test('a model of another site is looked at, fetched, used without asking it again, and deleted in another tab', async ({
  context,
  page,
}) => {
  const [open, mirror, closed] = await Promise.all([otherSite(true), otherSite(true), otherSite(false)]);
  // The strict page asks nobody else.
  await page.goto('./#models');
  await look(page, open.url);
  await expect(dialogOf(page).getByRole('alert')).toContainText('its own site only');
  expect(open.log).toEqual([]);
  await dialogOf(page).getByRole('link', { name: 'Open the page that may talk to other servers' }).click();
  // Its weights are the same as those of the page's own model, which are kept once.
  await expectReady(page);
  await deleteAll(dialogOf(page));
  await look(page, 'not an address');
  await expect(dialogOf(page).getByRole('alert')).toContainText('no address of a model');
  await look(page, `${closed.url}manifest.json`);
  await expect(dialogOf(page).getByRole('alert')).toContainText('Access-Control-Allow-Origin');
  await look(page, open.url);
  const offer = dialogOf(page).getByRole('region', { name: 'Download a model' });
  await expect(offer).toContainText('licence');
  expect(open.log).toEqual(['manifest.json']);
  await offer.getByRole('button', { name: /^Download/ }).click();
  const first = dialogOf(page).locator(`[data-model-url="${open.url}"]`);
  await first.getByRole('button', { name: /^Use/ }).click();
  await expectReady(page);
  await expect(first).toContainText('In use');
  await expect(first).toContainText('127.0.0.1');
  // The same model at another address costs nothing more, and can be used all the same.
  await look(page, mirror.url);
  await expect(offer).toContainText('here already');
  await offer.getByRole('button', { name: /^Use/ }).click();
  const entry = dialogOf(page).locator(`[data-model-url="${mirror.url}"]`);
  await expect(entry).toContainText('In use');
  await expectReady(page);
  expect(mirror.log.filter((path) => path.endsWith('.bin'))).toEqual([]);
  const asked = mirror.log.length;

  // Without the other site, and on the page that could not ask it.
  for (const site of [open, mirror, closed]) site.close();
  const second = await context.newPage();
  await second.goto('./#models');
  await expectReady(second);
  await expect(dialogOf(second).locator(`[data-model-url="${mirror.url}"]`)).toContainText('In use');
  expect(mirror.log).toHaveLength(asked);
  await dialogOf(second)
    .locator(`[data-model-url="${mirror.url}"]`)
    .getByRole('button', { name: /^Delete/ })
    .click();
  await expect(entry).toHaveCount(0);
});

/** The files of the model without their folders, as a person may have them; some bear the same name. */
async function looseFiles(): Promise<string[]> {
  const files = await readdir(FOLDER, { recursive: true, withFileTypes: true });
  return files.filter((item) => item.isFile()).map(({ name, parentPath }) => join(parentPath, name));
}

test.describe('where the browser keeps nothing', () => {
  test.use({ serviceWorkers: 'block' });

  test('files that are dropped run from memory, and the page says so', async ({ page }) => {
    await page.route(/(store|inference)\.worker-/, async (route) => {
      const response = await route.fetch();
      const blocked = `Object.defineProperty(globalThis, 'indexedDB', { value: undefined });\n${await response.text()}`;
      await route.fulfill({ response, body: blocked });
    });
    await open(page);
    const input = await page.evaluateHandle(() => {
      const made = Object.assign(document.createElement('input'), { type: 'file', multiple: true });
      document.body.append(made);
      return made;
    });
    await input.asElement()?.setInputFiles(await looseFiles());
    await input.evaluate((made) => {
      const dataTransfer = new DataTransfer();
      for (const file of made.files ?? []) dataTransfer.items.add(file);
      made.remove();
      document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
    });
    await expect(dialogOf(page)).toContainText('runs from memory until this page is closed');
    await expect(dialogOf(page)).toContainText('No model is kept here');
    await dialogOf(page).getByRole('button', { name: 'Close' }).click();
    await expectReady(page);
    await page.locator('[data-model=ready] summary').click();
    await expect(page.locator('.why-text')).toContainText('The model is not stored');
  });
});
