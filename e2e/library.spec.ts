/** The packed library on other sites: a page without a build, a Vite project, a page on another origin than the files. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { drawnPicture } from './assistant.ts';
import { command, packLibrary, ROOT, serveFolder, type Site } from './package.ts';
import { expect, test } from './test.ts';

const PATIENCE = { timeout: 600_000 };
/** What a site has to allow, as the documentation says; the worker is held to its own answer's policy. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' blob:; " +
  "img-src 'self' blob: data:; style-src 'self'; require-trusted-types-for 'script'; trusted-types mipha-web default";

let work: string;
let tarball: string;
const sites: Site[] = [];

async function site(folder: string, headers: Record<string, string> = {}): Promise<Site> {
  const started = await serveFolder(folder, headers);
  sites.push(started);
  return started;
}

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(900_000);
  tarball = await packLibrary();
  work = await mkdtemp(join(tmpdir(), 'sites-'));
  command(work, 'tar', 'xzf', tarball);
});
test.afterEach(async () => {
  await Promise.all(sites.splice(0).map(({ close }) => close()));
});
test.afterAll(async () => {
  await Promise.all([work, dirname(tarball)].map((folder) => rm(folder, { recursive: true, force: true })));
});

test('a page without a build step, under the strict policy', async ({ page }) => {
  const folder = join(work, 'plain-html');
  await cp(join(ROOT, 'examples/plain-html'), folder, { recursive: true });
  await symlink(join(work, 'package'), join(folder, 'mipha-web'));
  const { url } = await site(folder, {
    'Content-Security-Policy': POLICY,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  });
  await page.goto(url);
  await page
    .getByLabel('Picture')
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: await drawnPicture(page) });
  await page.getByLabel('Question').fill('What shapes are in the picture?');
  await page.getByRole('button', { name: 'Ask' }).click();
  await expect(page.getByText('Answered on wasm.')).toBeVisible(PATIENCE);
  await expect(page.locator('#answer')).toHaveText(/circle.*square|square.*circle/);
});

test('the Prompt API: pictures in every form a page has them, and a polyfill that replaces nothing', async ({
  page,
}) => {
  const { url } = await site(join(work, 'package'));
  await page.goto(`${url}package.json`);
  const picture = `data:image/png;base64,${(await drawnPicture(page)).toString('base64')}`;
  const outcome = await page.evaluate(
    async ({ library, picture }) => {
      const { LanguageModel, installPolyfill } = await import(library);
      const own = Object.getOwnPropertyDescriptor(globalThis, 'LanguageModel');
      const without = (): boolean => {
        Reflect.deleteProperty(globalThis, 'LanguageModel');
        return installPolyfill();
      };
      const installed = [...(own ? [installPolyfill()] : []), without(), installPolyfill()];

      const progress: number[] = [];
      const session = await LanguageModel.create({
        expectedInputs: [{ type: 'image' }],
        monitor: (monitor: EventTarget) =>
          monitor.addEventListener('downloadprogress', (event) => progress.push((event as ProgressEvent).loaded)),
      });
      const blob = await (await fetch(picture)).blob();
      const bitmap = await createImageBitmap(blob);
      const canvas = Object.assign(document.createElement('canvas'), { width: bitmap.width, height: bitmap.height });
      const pen = canvas.getContext('2d')!;
      pen.drawImage(bitmap, 0, 0);
      const still = Object.assign(new Image(), { src: picture });
      const values = {
        still, // not loaded yet
        canvas,
        pixels: pen.getImageData(0, 0, bitmap.width, bitmap.height),
        frame: new VideoFrame(canvas, { timestamp: 0 }),
      };
      const answers: Record<string, string> = {};
      for (const [name, value] of Object.entries(values)) {
        const one = await session.clone();
        const content = [
          { type: 'image', value },
          { type: 'text', value: 'How many shapes are there?' },
        ];
        answers[name] = await one.prompt([{ role: 'user', content }]);
        one.destroy();
      }
      const [broken, empty] = [
        Object.assign(new Image(), { src: 'data:image/png;base64,AAAA' }),
        new OffscreenCanvas(0, 0),
      ];
      const refused = [];
      for (const value of [broken, empty]) {
        const ask = session.prompt([{ role: 'user', content: [{ type: 'image', value }] }]);
        refused.push(await ask.catch(({ name }: DOMException) => name));
      }
      const full = await session.prompt('word '.repeat(5000)).catch((error: { name: string; quota: number }) => error);
      const { contextWindow } = session;
      session.destroy();
      const last = await session.prompt('Hm?').catch(({ name }: DOMException) => name);
      return {
        own: own !== undefined,
        installed,
        progress,
        answers,
        refused,
        full: [full.name, full.quota === contextWindow],
        last,
      };
    },
    { library: `${url}prompt-api.js`, picture },
  );
  expect(outcome.installed).toEqual(outcome.own ? [false, true, false] : [true, false]);
  expect([outcome.progress[0], outcome.progress.at(-1)]).toEqual([0, 1]);
  expect(Object.keys(outcome.answers)).toHaveLength(4);
  for (const answer of Object.values(outcome.answers)) expect(answer).toMatch(/2|two/i);
  expect(outcome.refused).toEqual(['InvalidStateError', 'InvalidStateError']);
  expect([outcome.full, outcome.last]).toEqual([['QuotaExceededError', true], 'AbortError']);
});

test('a Vite project: installed, type-checked, built', async ({ page }) => {
  const folder = join(work, 'vite');
  await cp(join(ROOT, 'examples/vite'), folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'scratch', private: true, type: 'module' }));
  command(folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball);
  // The tools of this repository stand in for the project's own.
  await symlink(join(ROOT, 'node_modules/vite'), join(folder, 'node_modules/vite'));
  command(folder, process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder);
  await mkdir(join(folder, 'public'), { recursive: true });
  await cp(join(folder, 'node_modules/mipha-web/runtime'), join(folder, 'public/mipha'), { recursive: true });
  command(folder, process.execPath, join(ROOT, 'node_modules/vite/bin/vite.js'), 'build');
  const { url, requests } = await site(join(folder, 'dist'), { 'Content-Security-Policy': POLICY });
  await page.goto(url);
  await page
    .getByLabel('Picture')
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: await drawnPicture(page) });
  await expect(page.locator('#answer')).toHaveText(/circle.*square|square.*circle/, PATIENCE);
  expect(Number(await page.locator('#answer').getAttribute('data-tokens'))).toBeGreaterThan(3);
  expect(requests).toContain('/mipha/inference.worker.js');
});

test('the command of the package, without the tools of this repository', async () => {
  const folder = await mkdtemp(join(work, 'command-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'scratch', private: true }));
  command(folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball);
  const run = (...words: string[]): string => command(folder, 'npx', '--no-install', 'mipha-web', ...words);
  await cp(join(ROOT, 'public/samples/shapes.png'), join(folder, 'shapes.png'));
  expect(run('ask', '--image', 'shapes.png', 'What shapes are there?')).toMatch(/circle|square|star|triangle/);

  const server = spawn(process.execPath, [
    join(folder, 'node_modules/mipha-web/bin/mipha-web.js'),
    'serve',
    '--port',
    '0',
  ]);
  try {
    const address = await new Promise<string>((listening, failed) => {
      server.once('exit', (status) => failed(new Error(`the server ended with ${status}`)));
      server.stdout.on('data', (text: Buffer) => {
        const [url] = /http:\S+\/v1/.exec(String(text)) ?? [];
        if (url) listening(url);
      });
    });
    const body = JSON.stringify({
      messages: [{ role: 'user', content: 'Is there a circle?' }],
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'boolean' } } },
    });
    const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const { choices } = (await (await fetch(`${address}/chat/completions`, asked)).json()) as {
      choices: { message: { content: string } }[];
    };
    expect(['true', 'false']).toContain(choices[0]?.message.content);
  } finally {
    server.kill('SIGTERM');
  }
});

test('files on another origin: a script of this one starts them, answers in a form, allowed pictures', async ({
  page,
}) => {
  const files = await site(join(work, 'package'), {
    'Access-Control-Allow-Origin': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  });
  const folder = await mkdtemp(join(work, 'other-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Other</title>');
  const policy =
    `default-src 'none'; script-src 'self' blob: ${files.origin} 'wasm-unsafe-eval'; worker-src blob: ${files.origin}; ` +
    `connect-src blob: ${files.origin}; require-trusted-types-for 'script'; trusted-types mipha-web default`;
  const { url } = await site(folder, {
    'Content-Security-Policy': policy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  });
  await page.goto(url);
  const bytes = await drawnPicture(page);
  await writeFile(join(work, 'package/picture.png'), bytes);
  const picture = `data:image/png;base64,${bytes.toString('base64')}`;
  const outcome = await page.evaluate(
    async ({ library, picture }) => {
      const { createAssistant } = await import(library);
      const ask = (options: object, text: string, more: object = {}, url = picture) => {
        const content = [
          { type: 'image_url', image_url: { url } },
          { type: 'text', text },
        ];
        return createAssistant(options).chat.completions.create({ messages: [{ role: 'user', content }], ...more });
      };
      const { choices, model } = await ask({}, 'How many shapes are there?');
      const schema = {
        type: 'object',
        properties: { shape: { enum: ['circle', 'hexagon'] }, certain: { type: 'boolean' } },
        required: ['shape', 'certain'],
        additionalProperties: false,
      };
      const formed = await ask({}, 'What shapes are in the picture?', {
        response_format: { type: 'json_schema', json_schema: { name: 'shape', schema } },
      });
      const remote = new URL('picture.png', library).href;
      const unasked = await ask({}, 'How many shapes are there?', {}, remote).catch(
        ({ code, param }: { code: string; param: string }) => ({ code, param }),
      );
      const imageOrigins = [new URL(library).origin];
      const fetched = await ask({ imageOrigins }, 'How many shapes are there?', {}, remote);
      const refused = await ask({ baseUrl: new URL('nowhere/', library).href }, 'Hm?').catch(
        ({ code, message, status, type }: { code: string; message: string; status: number; type: string }) => ({
          code,
          message,
          status,
          type,
        }),
      );
      const contents = [formed, fetched].map(({ choices }) => choices[0].message.content as string);
      return { isolated: crossOriginIsolated, answer: choices[0].message.content, model, refused, unasked, contents };
    },
    { library: `${files.url}index.js`, picture },
  );
  expect(outcome).toMatchObject({ isolated: true, model: 'mipha-nano', answer: expect.stringMatching(/2|two/i) });
  const [formed = '', fetched] = outcome.contents;
  expect(JSON.parse(formed)).toEqual({
    shape: expect.stringMatching(/^(circle|hexagon)$/),
    certain: expect.any(Boolean),
  });
  expect(outcome.unasked).toEqual({ code: 'request-invalid', param: 'messages[0].content[0].image_url.url' });
  expect(fetched).toBe(outcome.answer);
  expect(outcome.refused).toMatchObject({ code: 'download-failed', status: 500, type: 'server_error' });
  expect(outcome.refused.message).toContain('nowhere/inference.worker.js');
});
