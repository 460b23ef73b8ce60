/** A server of one's own, chosen in the page: opt-in, labelled, and out of reach of the page that everybody gets. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { addDrawnPicture, ask, expectReady, expectState, textOf } from './assistant.ts';
import { expect, test } from './test.ts';

const received: { path: string; key: string | undefined; body: string }[] = [];
let server: Server;
let host = '';
let open = true;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      const consent = open
        ? { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'authorization, content-type' }
        : {};
      if (request.method === 'OPTIONS') return void response.writeHead(204, consent).end();
      received.push({ path: request.url ?? '', key: request.headers.authorization, body });
      if (request.url === '/v1/models') {
        const list = JSON.stringify({ object: 'list', data: [{ id: 'seer' }] });
        return void response.writeHead(200, { ...consent, 'Content-Type': 'application/json' }).end(list);
      }
      response.writeHead(200, { ...consent, 'Content-Type': 'text/event-stream' });
      const chunk = (delta: object, finish_reason: string | null = null): void =>
        void response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
      chunk({ role: 'assistant', content: 'A red ' });
      chunk({ content: 'circle.' });
      chunk({}, 'stop');
      response.end('data: [DONE]\n\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.afterAll(() => server.close());

const panel = (page: Page) => page.getByRole('dialog', { name: 'What answers?' });

test('a server answers when it was chosen on the other page, and the page says so', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'Source', exact: true }).click();
  await panel(page).getByLabel('A server of your choice').check();
  await expect(panel(page).getByRole('button', { name: 'Use' })).toBeDisabled();
  await panel(page).getByRole('link', { name: 'Open the page that may talk to other servers' }).click();

  await expect(panel(page)).toBeVisible();
  await panel(page).getByLabel('A server of your choice').check();
  await panel(page).locator('[name=server]').fill(host);
  await expect(panel(page)).toContainText(`Your pictures and questions are sent to ${host}`);
  await panel(page).locator('[name=key]').fill('sk-test');
  await panel(page).getByRole('button', { name: 'Use' }).click();
  await expect(page.getByRole('button', { name: `Sent to ${host}` })).toBeVisible();
  await expectReady(page);
  await expect(page.getByText('Pictures and questions never leave this device.')).toBeHidden();
  await addDrawnPicture(page);
  const answer = await ask(page, 'What is it?');
  await expectState(answer, 'done');
  await expect(textOf(answer)).toHaveText('A red circle.');
  const request = received.at(-1);
  expect(request).toMatchObject({ path: '/v1/chat/completions', key: 'Bearer sk-test' });
  expect(request?.body).toContain('data:image/png;base64,');
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('sk-test');

  // The choice holds there on the next visit, and the strict page goes on with its own model.
  await page.reload();
  await expect(page.getByRole('button', { name: `Sent to ${host}` })).toBeVisible();
  await page.goto('./');
  await expect(page.getByRole('button', { name: 'Source', exact: true })).toBeVisible();
});

test('a server that does not let this site in is told apart in words', async ({ page }) => {
  open = false;
  const choice = JSON.stringify({ kind: 'openai', baseUrl: host, model: '' });
  await page.addInitScript((value) => localStorage.setItem('backend', value), choice);
  await page.goto('connected.html');
  await expect(page.locator('[data-error=server-unreachable]')).toContainText(/let the server accept pages from/);
  open = true;
});
