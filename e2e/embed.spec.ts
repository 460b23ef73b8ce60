/** embed.html in a frame of another origin that may use it: the person asks, the page asks, nothing else gets out or in. */
import AxeBuilder from '@axe-core/playwright';
import { test as unguarded } from '@playwright/test';
import { drawnPicture } from './assistant.ts';
import { controls, embed, inner, onAnotherSite, openSites, type Sites } from './frames.ts';
import { HOSTILE } from './hostile-answers.ts';
import { expect, test } from './test.ts';

let sites: Sites;
let shop: Sites['shop'];
let isolated: Sites['isolated'];
let server: Sites['server'];

test.beforeAll(async () => {
  sites = await openSites();
  ({ shop, isolated, server } = sites);
});
test.afterAll(() => sites.close());

test('an allowed page: the person and the page ask, the page hears it all', async ({ page }) => {
  const host = new URL(server.url).origin;
  await page.goto(isolated.url);
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
      assistant.on('size', ({ height }: { height: number }) => (iframe.height = String(height)));
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
    { library: `${isolated.url}mipha-web/frame.js`, origin: host, picture },
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
  // The iframe is as high as what is in it.
  await expect.poll(() => frame.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
  const heights = await frame.evaluate(() => [document.querySelector('main')!.clientHeight, innerHeight]);
  expect(Math.abs(heights[0]! - heights[1]!)).toBeLessThan(2);
  // The heading is the business of the page around it, which is not looked at.
  const axe = new AxeBuilder({ page }).include('iframe').disableRules('page-has-heading-one');
  const { violations } = await axe.analyze();
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
      const canvas = new OffscreenCanvas(2, 2);
      canvas.getContext('2d')?.fillRect(0, 0, 1, 1);
      await assistant.attach(await canvas.convertToBlob());
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
