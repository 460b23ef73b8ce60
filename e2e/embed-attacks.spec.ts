/** embed.html against pages that mean harm: messages, replays, origins that are not on the list, overlays. */
import { test as unguarded } from '@playwright/test';
import { CONNECT, controls, embed, inner, openSites, type Raw, raw, type Sites } from './frames.ts';
import { expect, test } from './test.ts';

let sites: Sites;
let shop: Sites['shop'];
let evil: Sites['evil'];
let bare: Sites['bare'];
let server: Sites['server'];

test.beforeAll(async () => {
  sites = await openSites();
  ({ shop, evil, bare, server } = sites);
});
test.afterAll(() => sites.close());

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
    await raw.greeted;
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
    // It has made up its mind by now, so that silence is an answer.
    await expect(inner(page, src).getByText('not one of those that may embed it')).toBeVisible();
    const heard = await page.evaluate(async (connect) => {
      const { raw } = globalThis as unknown as { raw: Raw };
      return [await raw.connect(connect, 1500), ...raw.hellos];
    }, CONNECT);
    expect(heard).toEqual([null]);
    expect(await controls(inner(page, src))).toBe(0);
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
