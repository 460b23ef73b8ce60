/** Models of the hub, from a server that imitates it: two kinds, through the store, offline afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { addDrawnPicture, ask, expectReady, expectState, textOf } from './assistant.ts';
import { expect, test } from './test.ts';

// A trace of this much traffic (runtime, worker, model) holds the second page up for minutes on a busy machine.
test.use({ trace: 'off' });

let hub: ChildProcess;
let endpoint = '';
let folder = '';

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-e2e-'));
  hub = spawn(process.execPath, ['--import', 'tsx', 'builder/test/hub-server.ts', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endpoint = await new Promise<string>((resolve, reject) => {
    hub.once('exit', () => reject(new Error('the hub did not start')));
    hub.stdout?.once('data', (line: Buffer) => resolve(line.toString().trim()));
  });
});
test.afterAll(() => {
  hub.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the page that may talk to other servers, with a hub model chosen on an earlier visit. */
async function openHub(page: Page, repo: string): Promise<void> {
  const choice = JSON.stringify({ kind: 'hub', address: `${endpoint}/${repo}` });
  await page.addInitScript((value) => localStorage.setItem('backend', value), choice);
  await page.goto('connected.html');
  await expectReady(page);
}

async function answerTo(page: Page, question: string): Promise<string> {
  const answer = await ask(page, question);
  await expectState(answer, 'done');
  return (await textOf(answer).textContent()) ?? '';
}

test('a llava model answers about a picture, again from the store when the hub is gone', async ({ context, page }) => {
  await openHub(page, 'tiny/llava');
  await expect(page.locator('[data-model=ready]')).toHaveAttribute('data-device', 'wasm');
  await addDrawnPicture(page);
  const first = await answerTo(page, 'What is it?');
  expect(first).not.toBe('');
  expect(await answerTo(page, 'Is it red?')).not.toBe('');

  await page.close();
  hub.kill();
  const second = await context.newPage();
  await openHub(second, 'tiny/llava');
  await addDrawnPicture(second);
  expect(await answerTo(second, 'What is it?')).toBe(first);
});
