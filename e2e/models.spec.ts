/** The model manager: what is kept is listed, a folder becomes a model, all can be deleted; nothing large comes unasked. */
import { join } from 'node:path';
import { expectReady, open } from './assistant.ts';
import { expect, test } from './test.ts';

const FOLDER = join(import.meta.dirname, '../public/models/mipha-nano');

test('a model folder is added, used and deleted', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Models' });
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  await dialog.getByLabel('Add a model from a folder').setInputFiles(join(import.meta.dirname, '../public/samples'));
  await expect(dialog.getByRole('alert')).toContainText('no manifest.json');
  await dialog.getByLabel('Add a model from a folder').setInputFiles(FOLDER);
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await dialog.locator('[data-model-url^="local-model:"]').getByRole('button', { name: /^Use/ }).click();
  await expectReady(page);
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  await expect(dialog.locator('[data-model-url^="local-model:"]')).toContainText('In use');
  await dialog.getByRole('button', { name: 'Delete all models' }).click();
  await dialog.getByRole('button', { name: 'Press again' }).click();
  await expect(dialog).toContainText('No model is kept here');
});

test('a large model is fetched only after a press', async ({ page }) => {
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
  expect(sent.filter((path) => path.endsWith('.bin'))).toEqual([]);
  await card.getByRole('button', { name: 'Not now' }).click();
  await expect(card.getByRole('button')).toHaveCount(1);
  await page.unroute('**/manifest.json');
  await card.getByRole('button', { name: /Download/ }).click();
  await expectReady(page);
});
