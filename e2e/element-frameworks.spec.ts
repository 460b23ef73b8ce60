/** `<image-assistant>` under frameworks: properties before the definition, props that are taken away, React's own way. */
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { command, LIBRARY, ROOT, serveFolder, type Site } from './package.ts';
import { expect, test } from './test.ts';

let work: string;
let site: Site;

test.beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'frameworks-'));
  await symlink(join(ROOT, 'node_modules'), join(work, 'node_modules'));
  await cp(join(ROOT, 'e2e/react-host.js'), join(work, 'react-host.js'));
  const html = '<!doctype html><html lang="en"><title>Frameworks</title>';
  await writeFile(join(work, 'index.html'), `${html}<body><script type="module" src="/react-host.js"></script>`);
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  command(work, process.execPath, vite, 'build', '--base', './', '--logLevel', 'error');
  await writeFile(join(work, 'dist/plain.html'), html);
  await symlink(LIBRARY, join(work, 'dist/mipha-web'));
  site = await serveFolder(join(work, 'dist'));
});
test.afterAll(async () => {
  await site.close();
  await rm(work, { recursive: true, force: true });
});

/** Notes what the element asks its backend for, and its error events; then defines the element. */
async function define(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const scope = globalThis as unknown as { started: string[]; errors: unknown[] };
    scope.started = [];
    scope.errors = [];
    document.addEventListener('error', (event) => scope.errors.push((event as unknown as CustomEvent).detail), true);
    const define = customElements.define.bind(customElements);
    // The class is told of its backend before the first element is made of it.
    customElements.define = (name, element) => {
      (element as unknown as { startBackend: unknown }).startBackend = ({ modelUrl }: { modelUrl: URL }) => {
        scope.started.push(modelUrl.pathname);
        return { load: async () => ({}), dispose: async () => {} };
      };
      define(name, element);
    };
    await import(new URL('mipha-web/element.js', document.baseURI).href);
  });
}

interface Seen {
  attributes: Record<string, string>;
  own: string[];
  started: string[];
  errors: unknown[];
  image: boolean;
}

const seen = (page: Page): Promise<Seen> =>
  page.evaluate(() => {
    const scope = globalThis as unknown as { started: string[]; errors: unknown[] };
    const element = document.querySelector('image-assistant')!;
    return {
      attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
      own: Object.keys(element).filter((name) => !name.startsWith('__react')),
      started: scope.started,
      errors: scope.errors,
      image: element.shadowRoot?.querySelector('img')?.hidden === false,
    };
  });

/** A drawn picture as a data: address. */
const drawn = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d')?.fillRect(0, 0, 9, 9);
    return canvas.toDataURL();
  });

const GIVEN = {
  model: 'named',
  theme: 'dark',
  baseUrl: '/elsewhere/',
  device: 'wasm',
  loading: 'lazy',
  name: 'answer',
};

test('properties that were set before the definition are taken over, and go on working', async ({ page }) => {
  await page.goto(`${site.url}plain.html`);
  const src = await drawn(page);
  await page.evaluate(
    (given) => {
      const element = document.body.appendChild(document.createElement('image-assistant'));
      Object.assign(element, given, { value: 'mine' });
    },
    { ...GIVEN, src, loading: undefined },
  );
  await define(page);
  await expect.poll(async () => (await seen(page)).image).toBe(true);
  const after = await seen(page);
  const { baseUrl, loading: _, ...same } = GIVEN;
  expect(after.attributes).toEqual({ ...same, 'base-url': baseUrl, src });
  expect(after.own).toEqual([]);
  // Read once, all together: one model, not one for each property.
  expect(after.started.length).toBe(1);
  expect(after.started[0]).toContain('/elsewhere/models/named');
  expect(after.errors).toEqual([]);
  const later = await page.evaluate(() => {
    const element = document.querySelector('image-assistant') as HTMLElement & Record<string, string>;
    element['model'] = 'other';
    return [element.getAttribute('model'), element['value'], element['name']];
  });
  expect(later).toEqual(['other', '', 'answer']);
  expect((await seen(page)).started.at(-1)).toContain('/elsewhere/models/other');
});

test('attributes in the page start one model, and read one picture', async ({ page }) => {
  await page.goto(`${site.url}plain.html`);
  const src = await drawn(page);
  await page.evaluate((address) => {
    const element = document.createElement('image-assistant');
    for (const [name, value] of [
      ['src', address],
      ['model', 'named'],
      ['base-url', '/elsewhere/'],
      ['device', 'wasm'],
    ] as const)
      element.setAttribute(name, value);
    document.body.append(element);
  }, src);
  await define(page);
  await expect.poll(async () => (await seen(page)).image).toBe(true);
  expect((await seen(page)).started.length).toBe(1);
});

for (const nothing of [undefined, null])
  test(`${nothing} takes a property away`, async ({ page }) => {
    await page.goto(`${site.url}plain.html`);
    await define(page);
    const read = await page.evaluate(
      ([names, value, given]) => {
        const element = document.body.appendChild(document.createElement('image-assistant'));
        const target = element as unknown as Record<string, unknown>;
        Object.assign(target, given);
        for (const name of names) target[name] = value;
        return names.map((name) => target[name] ?? 'nothing');
      },
      [[...Object.keys(GIVEN), 'src'], nothing, GIVEN] as const,
    );
    expect(read).toEqual(['', '', '', 'nothing', '', '', '']);
    await page.waitForTimeout(200);
    const { attributes, errors, started } = await seen(page);
    expect([attributes, errors]).toEqual([{}, []]);
    expect(started.at(-1)).not.toMatch(/undefined|null/);
    expect(site.requests.filter((path) => /undefined|null/.test(path))).toEqual([]);
  });

for (const when of ['before', 'after'])
  test(`React sets and takes props away, ${when} the definition`, async ({ page }) => {
    await page.route('**/drawn.png', async (route) => {
      const base64 = (await drawn(page)).split(',')[1] ?? '';
      await route.fulfill({ contentType: 'image/png', body: Buffer.from(base64, 'base64') });
    });
    await page.goto(site.url);
    await expect(page.locator('image-assistant')).toBeAttached();
    await define(page);
    if (when === 'after') {
      // Another one is made, now that the element is known.
      await page.evaluate(() => {
        const { setProps } = globalThis as unknown as { setProps: (props: object) => void };
        setProps({ key: 'again', model: 'named', src: '/drawn.png', theme: 'dark', baseUrl: '/elsewhere/' });
      });
    }
    await expect.poll(async () => (await seen(page)).image).toBe(true);
    expect((await seen(page)).attributes).toMatchObject({ model: 'named', theme: 'dark', src: '/drawn.png' });
    await page.evaluate(
      (key) => {
        const { setProps } = globalThis as unknown as { setProps: (props: object) => void };
        setProps({ ...key, model: undefined, src: null, theme: undefined, baseUrl: undefined });
      },
      when === 'after' ? { key: 'again' } : {},
    );
    await expect.poll(async () => Object.keys((await seen(page)).attributes)).not.toContain('model');
    const { attributes, errors, image } = await seen(page);
    expect(['src', 'theme', 'base-url'].filter((name) => Object.hasOwn(attributes, name))).toEqual([]);
    expect(errors).toEqual([]);
    expect(image).toBe(true); // the same element: nothing was made anew
    expect(site.requests.filter((path) => /undefined|null/.test(path))).toEqual([]);
  });
