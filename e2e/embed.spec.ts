/** embed.html in frames of other origins: one that may use it, some that may not, and messages that mean harm. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Frame, type Page, test as unguarded } from '@playwright/test';
import { drawnPicture } from './assistant.ts';
import { HOSTILE } from './hostile-answers.ts';
import { type Host, startHost } from './host.ts';
import { command, LIBRARY, ROOT, serveFolder, type Site } from './package.ts';
import { expect, test } from './test.ts';

/** As the documentation says it to site owners. */
const SANDBOX = 'allow-scripts allow-same-origin';

let work: string;
/** May embed. */
let shop: Site;
/** May as well, and is cross-origin isolated. */
let isolated: Site;
/** May not. */
let evil: Site;
/** The built site on a host that sends no headers, and on this repository's own server. */
let bare: Site;
let server: Host;

test.beforeAll(async () => {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  work = await mkdtemp(join(ROOT, '.cache/embed-'));
  const pages = join(work, 'pages');
  await mkdir(pages);
  await symlink(LIBRARY, join(pages, 'mipha-web'));
  await writeFile(join(pages, 'index.html'), '<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1></html>');
  shop = await serveFolder(pages);
  isolated = await serveFolder(pages, {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  });
  evil = await serveFolder(pages);
  // Links instead of copies: the build holds 70 MB.
  command(ROOT, 'cp', '-al', 'dist', join(work, 'site'));
  const list = join(work, 'site/embed-origins.json');
  await rm(list);
  await writeFile(list, JSON.stringify({ origins: [shop.origin, isolated.origin, onAnotherSite(isolated.origin)] }));
  bare = await serveFolder(join(work, 'site'));
  server = await startHost('--root', join(work, 'site'));
});
test.afterAll(async () => {
  server.stop();
  await Promise.all([shop, isolated, evil, bare].map((site) => site.close()));
  await rm(work, { recursive: true, force: true });
});

/** The same server under a name that browsers take for another site. */
const onAnotherSite = (url: string): string => url.replace('127.0.0.1', 'localhost');

/** Puts embed.html of `host` into the page. */
async function embed(page: Page | Frame, src: string, sandbox = SANDBOX): Promise<void> {
  await page.evaluate(
    ({ src, sandbox }) => {
      const iframe = document.createElement('iframe');
      Object.assign(iframe, { src, width: 600, height: 500, title: 'Image assistant' });
      iframe.setAttribute('sandbox', sandbox);
      iframe.allow = 'cross-origin-isolated';
      return new Promise<void>((loaded) => {
        iframe.addEventListener('load', () => loaded());
        document.body.append(iframe);
      });
    },
    { src, sandbox },
  );
}

const inner = (page: Page, host: string): Frame => page.frames().find((frame) => frame.url().startsWith(host)) as Frame;

/** What can be pressed, typed into or followed in a frame, shadow roots included. */
const controls = (frame: Frame) => frame.locator('button, a, input, textarea, image-assistant').count();

test('an allowed page: the person and the page ask, the page hears it all', async ({ page }) => {
  const host = new URL(server.url).origin;
  await page.goto(shop.url);
  await embed(page, `${server.url}embed.html`);
  const frame = inner(page, server.url);
  expect(await controls(frame)).toBe(0);
  const picture = `data:image/png;base64,${(await drawnPicture(page)).toString('base64')}`;
  const outcome = await page.evaluate(
    async ({ library, origin, picture }) => {
      const { connectFrame } = await import(library);
      const iframe = document.querySelector('iframe')!;
      const assistant = await connectFrame(iframe, { origin, lang: 'de', theme: 'light' });
      const heard: string[] = [];
      let streamed = '';
      for (const name of ['ready', 'progress', 'answer', 'error']) assistant.on(name, () => heard.push(name));
      assistant.on('token', ({ text }: { text: string }) => (streamed += text));
      const refused = (promise: Promise<unknown>) => promise.catch((error: { code: string }) => error.code);
      const early = await refused(assistant.ask('What shapes are in the picture?'));
      const bytes = await (await fetch(picture)).blob();
      await assistant.attach(bytes);
      const answer = await assistant.ask('What shapes are in the picture?');
      const content = [
        { type: 'image_url', image_url: { url: picture } },
        { type: 'text', text: 'How many shapes are there?' },
      ];
      const messages = [{ role: 'user', content }];
      const whole = await assistant.chat.completions.create({ messages });
      let chunks = '';
      for await (const { choices } of assistant.chat.completions.create({ messages, stream: true }))
        chunks += choices[0]?.delta.content ?? '';
      content[0] = { type: 'image_url', image_url: { url: 'https://elsewhere.example/a.png' } };
      const remote = await refused(assistant.chat.completions.create({ messages }));
      const again = await refused(connectFrame(iframe, { origin }));
      return { early, answer, streamed, heard, count: whole.choices[0].message.content, chunks, remote, again };
    },
    { library: `${shop.url}mipha-web/frame.js`, origin: host, picture },
  );
  expect(outcome.answer).toMatch(/circle.*square|square.*circle/);
  expect(outcome.streamed).toBe(outcome.answer);
  expect(outcome.count).toMatch(/2|two/i);
  expect(outcome.chunks).toBe(outcome.count);
  expect(outcome).toMatchObject({ early: 'request-invalid', remote: 'request-invalid', again: 'request-invalid' });
  expect(outcome.heard[0]).toBe('error');
  expect(new Set(outcome.heard)).toEqual(new Set(['error', 'progress', 'answer']));
  // The completions were answered by the engine that the person uses, and are not shown.
  expect(page.workers().length).toBe(1);
  await expect(frame.locator('[part=answer]')).toHaveText([outcome.answer]);

  await frame.getByRole('textbox', { name: 'Frage' }).fill('Is there a square?');
  await frame.getByRole('button', { name: 'Fragen' }).click();
  await expect(frame.locator('[part=answer]').nth(1)).toHaveText(/yes/i);
  const { violations } = await new AxeBuilder({ page }).include('iframe').analyze();
  expect(violations).toEqual([]);
});

test('whatever a model writes stays text, in the frame and on the way out of it', async ({ page }) => {
  await page.goto(shop.url);
  await embed(page, `${server.url}embed.html`);
  await page.evaluate(
    async ({ library, origin }) => {
      const { connectFrame } = await import(library);
      Object.assign(globalThis, { assistant: await connectFrame(document.querySelector('iframe'), { origin }) });
    },
    { library: `${shop.url}mipha-web/frame.js`, origin: new URL(server.url).origin },
  );
  const frame = inner(page, server.url);
  await frame.evaluate(() => {
    type Element = HTMLElement & { model: string };
    const element = document.querySelector<Element>('image-assistant')!;
    // Answers with the question.
    (element.constructor as unknown as { startBackend: unknown }).startBackend = () => ({
      load: async () => ({ id: 'echo', device: 'wasm' }),
      dispose: async () => {},
      async *chat({ messages }: { messages: { content: { text?: string }[] }[] }) {
        yield { type: 'text', text: messages.at(-1)?.content.at(-1)?.text ?? '' };
        yield { type: 'done', finish_reason: 'stop', usage: {}, timings: {} };
      },
    });
    element.model = 'echo';
  });
  const said = await page.evaluate(
    async (texts) => {
      const { assistant } = globalThis as unknown as {
        assistant: { attach(picture: Blob): Promise<void>; ask(question: string): Promise<string> };
      };
      await assistant.attach(new Blob(['x'], { type: 'image/png' }));
      const said: string[] = [];
      for (const text of texts) said.push(await assistant.ask(text));
      return { said, pwned: 'pwned' in globalThis };
    },
    HOSTILE.slice(0, -1),
  );
  const shown = await frame.evaluate(() => {
    const log = document.querySelector('image-assistant')!.shadowRoot!.querySelector('[role=log]')!;
    return {
      answers: [...log.querySelectorAll('[part=answer]')].map(({ textContent }) => textContent),
      tags: [...new Set([...log.querySelectorAll('*')].map(({ tagName }) => tagName))],
      pwned: 'pwned' in globalThis,
    };
  });
  const texts = HOSTILE.slice(0, -1).map((text) => text.trim());
  expect(said).toEqual({ said: texts, pwned: false });
  expect(shown).toEqual({ answers: texts, tags: ['P'], pwned: false });
});

interface Raw {
  /** Sends a handshake and waits for what comes back through its port; null when nothing does in this time. */
  connect(message: unknown, milliseconds?: number): Promise<unknown>;
  /** The same through the port that was taken. */
  say(message: unknown): Promise<unknown>;
  hellos: string[];
}

/** Scripts the page without our client: every message that a hostile page could send. */
async function raw(page: Page | Frame): Promise<void> {
  await page.evaluate(() => {
    let port: MessagePort | undefined;
    const next = (from: MessagePort, milliseconds?: number): Promise<unknown> =>
      new Promise((heard) => {
        from.onmessage = ({ data }) => {
          if (data.type === 'connected') port = from;
          heard(data);
        };
        if (milliseconds !== undefined) setTimeout(heard, milliseconds, null);
      });
    const frame = (): Window => document.querySelector('iframe')!.contentWindow!;
    const raw: Raw = {
      hellos: [],
      connect(message, milliseconds) {
        const channel = new MessageChannel();
        const answer = next(channel.port1, milliseconds);
        frame().postMessage(message, '*', [channel.port2]);
        return answer;
      },
      say(message) {
        const answer = next(port!);
        port!.postMessage(message);
        return answer;
      },
    };
    addEventListener('message', ({ data }) => raw.hellos.push(data.type));
    Object.assign(globalThis, { raw });
  });
}

const CONNECT = { type: 'mipha-connect', version: 1 };

test('messages that mean harm get a typed refusal, and a handshake counts once', async ({ page }) => {
  await page.goto(shop.url);
  await raw(page);
  await embed(page, `${server.url}embed.html`);
  const refused = (id: number | null, param: string, code = 'request-invalid') => ({
    type: 'failure',
    id,
    error: { type: 'invalid_request_error', code, param },
  });
  const shaken = await page.evaluate(async (connect) => {
    const { raw } = globalThis as unknown as { raw: Raw };
    const answers = [
      await raw.connect({ ...connect, version: 7 }),
      await raw.connect(JSON.parse('{"type":"mipha-connect","version":1,"__proto__":{"polluted":1}}')),
      await raw.connect(connect),
      await raw.connect(connect),
    ];
    return { hellos: raw.hellos, answers };
  }, CONNECT);
  expect(shaken).toMatchObject({
    hellos: ['mipha-hello'],
    answers: [refused(null, 'version'), refused(null, '__proto__'), { type: 'connected' }, refused(null, 'type')],
  });
  const answers = await page.evaluate(async () => {
    const { raw } = globalThis as unknown as { raw: Raw };
    const huge = new Blob([new Uint8Array(64 * 1024 * 1024 + 1)], { type: 'image/png' });
    const messages = [
      'x',
      { id: 1, type: 'eval' },
      { id: 2, type: 'attach', picture: huge },
      { id: 3, type: 'attach', picture: { size: 1, type: 'image/png' } },
      { id: 4, type: 'attach', picture: 'https://collector.example/a.png' },
      { id: 5, type: 'ask', question: 'x'.repeat(20_001) },
      { id: 6, type: 'load', url: 'https://collector.example/model/' },
      JSON.parse('{"id":7,"type":"complete","params":{"messages":[{"__proto__":{"polluted":1}}]}}'),
      JSON.parse('{"id":8,"type":"complete","params":{"constructor":{"prototype":{"polluted":1}}}}'),
      { id: 9, type: 'cancel', request: 1 },
      { id: 9, type: 'stop' },
      { id: 10, type: 'complete', params: { messages: [], tools: [{}] } },
      { id: 11, type: 'stop' },
    ];
    const answers: unknown[] = [];
    for (const message of messages) answers.push(await raw.say(message));
    return answers;
  });
  expect(answers).toMatchObject([
    refused(null, 'type'),
    refused(1, 'type'),
    refused(2, 'picture', 'image-too-large'),
    refused(3, 'picture'),
    refused(4, 'picture'),
    refused(5, 'question'),
    refused(6, 'url'),
    refused(7, 'params'),
    refused(8, 'params'),
    refused(9, 'request'),
    refused(null, 'id'),
    refused(10, 'tools'),
    { type: 'result', id: 11, value: null },
  ]);
  const frame = inner(page, server.url);
  expect(await frame.evaluate(() => 'polluted' in {})).toBe(false);
  await expect(frame.getByRole('button', { name: 'Add a picture' })).toBeEnabled();
});

test.describe('pages that may not embed it', () => {
  // Blocked frames and scripts are what is looked for here; the guard would take them for faults.
  unguarded('see nothing to click and hear nothing, also where the host sends no headers', async ({ page }) => {
    const src = `${bare.url}embed.html`;
    await page.goto(evil.url);
    await raw(page);
    await embed(page, src);
    const heard = await page.evaluate(async (connect) => {
      const { raw } = globalThis as unknown as { raw: Raw };
      return [await raw.connect(connect, 1500), ...raw.hellos];
    }, CONNECT);
    expect(heard).toEqual([null]);
    const frame = inner(page, src);
    await expect(frame.getByText('not one of those that may embed it')).toBeVisible();
    expect(await controls(frame)).toBe(0);
    const codes = await page.evaluate(
      async ({ library, origins }) => {
        const { connectFrame } = await import(library);
        const code = (origin: string): Promise<string> =>
          connectFrame(document.querySelector('iframe'), { origin, timeout: 500 }).then(
            () => 'connected',
            (error: { code: string }) => error.code,
          );
        return Promise.all(origins.map(code));
      },
      // Not on the list; not where the frame comes from; no origins at all.
      { library: `${evil.url}mipha-web/frame.js`, origins: [bare.origin, shop.origin, '*', bare.url] },
    );
    expect(codes).toEqual(['server-unreachable', 'server-unreachable', 'request-invalid', 'request-invalid']);

    // An allowed page in the middle does not help: whoever is around it could lay something over the frame.
    await page.goto(evil.url);
    await embed(page, `${shop.url}?middle`);
    await embed(inner(page, `${shop.url}?middle`), src);
    await expect(inner(page, src).getByText('not one of those that may embed it')).toBeVisible();
    expect(await controls(inner(page, src))).toBe(0);
  });

  unguarded('the origin "null" is nobody, outside the frame and inside', async ({ page }) => {
    const src = `${bare.url}embed.html`;
    // The allowed page itself, sandboxed: its origin is "null".
    await page.goto(shop.url);
    await embed(page, `${shop.url}?sandboxed`, 'allow-scripts');
    const middle = inner(page, `${shop.url}?sandboxed`);
    expect(await middle.evaluate(() => globalThis.origin)).toBe('null');
    await raw(middle);
    await embed(middle, src);
    expect(
      await middle.evaluate((connect) => (globalThis as unknown as { raw: Raw }).raw.connect(connect, 1500), CONNECT),
    ).toBeNull();
    expect(await controls(inner(page, src))).toBe(0);

    // The frame without an origin of its own: its scripts do not even load.
    await page.goto(shop.url);
    await raw(page);
    await embed(page, src, 'allow-scripts');
    expect(
      await page.evaluate((connect) => (globalThis as unknown as { raw: Raw }).raw.connect(connect, 1500), CONNECT),
    ).toBeNull();
    expect(await controls(inner(page, src))).toBe(0);
  });

  unguarded('with the documented headers the frame is not even loaded', async ({ page, request }) => {
    const policy = async (path: string) =>
      (await request.get(`${server.url}${path}`)).headers()['content-security-policy'] ?? '';
    expect(await policy('embed.html')).toContain(`frame-ancestors 'self' ${shop.origin}`);
    for (const path of ['', 'connected.html', 'embed-origins.json']) expect(await policy(path)).toContain("'none'");
    await page.goto(evil.url);
    await embed(page, `${server.url}embed.html`);
    expect(await page.frames()[1]?.content()).not.toContain('image-assistant');
    expect(page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/');
    // The whole page may be framed by nobody, not even by those who may embed the assistant.
    await page.goto(shop.url);
    await embed(page, server.url);
    expect(page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/');
  });

  test('opened by itself it says what it is for', async ({ page }) => {
    await page.goto('embed.html');
    await page.getByRole('link', { name: 'Open the image assistant' }).click();
    await expect(page).toHaveTitle(/^Mipha/);
  });
});

// The guard would take the second name of this machine for a stranger's.
unguarded(
  'on another site, where nothing may be stored, it still answers; isolation gives it threads',
  async ({ page }) => {
    unguarded.setTimeout(900_000);
    const shopElsewhere = onAnotherSite(isolated.url);
    await page.goto(shopElsewhere);
    await embed(page, `${server.url}embed.html`);
    const outcome = await page.evaluate(
      async ({ library, origin }) => {
        const { connectFrame } = await import(library);
        const assistant = await connectFrame(document.querySelector('iframe'), { origin });
        const ready = new Promise((loaded) => assistant.on('ready', loaded));
        await assistant.load();
        const messages = [{ role: 'user', content: 'Is there a circle?' }];
        const { choices } = await assistant.chat.completions.create({ messages, max_tokens: 8 });
        return { info: await ready, answer: choices[0].message.content };
      },
      { library: `${shopElsewhere}mipha-web/frame.js`, origin: new URL(server.url).origin },
    );
    // A private window gives frames of other sites no storage at all.
    expect(outcome).toMatchObject({ info: { stored: false }, answer: expect.stringMatching(/\w/) });
    expect(await inner(page, server.url).evaluate(() => crossOriginIsolated)).toBe(true);
  },
);
