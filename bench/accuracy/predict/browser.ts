/** The built page's own worker in a real browser → a predictor: what people get, WebGPU included. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { openModelFolder } from '../../../cli/node-files.ts';
import { AppError, unwrap } from '../../../contract/errors.ts';
import { findBrowser } from '../../../scripts/find-browser.mjs';
import { serve } from '../../../scripts/serve.mjs';
import { answerInPage, cancelInPage, loadInPage } from './browser-page.ts';
import type { Predictor } from './predictor.ts';
import { buildOf } from './request.ts';

const ROOT = join(import.meta.dirname, '../../..');
const COMLINK = join(ROOT, 'node_modules/comlink/dist/esm');
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const ROOT_USER = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** The worker's file in a build; its name carries a hash. */
async function findWorker(site: string): Promise<string> {
  const names = await readdir(join(site, 'assets')).catch(() => []);
  const name = names.find((candidate) => /^inference\.worker-.*\.js$/.test(candidate));
  if (name !== undefined) return name;
  throw new AppError('request-invalid', `There is no built page in ${site}. Run: npm run build`, {});
}

export interface BrowserPredictorOptions {
  model: string;
  variant: string | undefined;
  device: 'webgpu' | 'wasm' | undefined;
  /** Folder of the built page. @default dist */
  site?: string;
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  // tsx wraps named functions in a helper that does not exist in the page.
  await page.addInitScript('globalThis.__name = (named) => named');
  await page.goto(`${url}bench/page.html`);
  return page;
}

/** Throws what loading the model in the browser throws; `request-invalid` when the page is not built. */
export async function openBrowserPredictor(options: BrowserPredictorOptions): Promise<Predictor> {
  const { model, variant, device, site = join(ROOT, 'dist') } = options;
  const { manifest } = await openModelFolder(model);
  const worker = await findWorker(site);
  const mounts = { '/bench/': import.meta.dirname, '/comlink/': COMLINK, '/model/': model };
  const server = await serve({ root: site, port: 0, mounts });
  const args = [...QUIET, ...ROOT_USER, '--enable-unsafe-webgpu'];
  const browser = await chromium.launch({ executablePath: findBrowser(), args });
  const close = async () => {
    await browser.close();
    await server.close();
  };
  try {
    const page = await openPage(browser, server.url);
    const request = { modelUrl: `${server.url}model/`, ...(device && { device }), ...(variant && { variant }) };
    const urls = { worker: `/assets/${worker}`, comlink: '/comlink/comlink.mjs', request };
    const info = unwrap(await page.evaluate(loadInPage, urls));
    let count = 0;
    return {
      identity: {
        backend: 'browser',
        model: info.id,
        build: buildOf(manifest),
        variant: info.variant,
        device: info.device,
      },
      parallel: 1,
      async answer({ image, prompt, maxTokens }, signal) {
        const id = `question-${++count}`;
        const cancel = () => void page.evaluate(cancelInPage, id).catch(() => {}); // the page may be gone by then
        signal.addEventListener('abort', cancel, { once: true });
        try {
          const base64 = image === null ? null : Buffer.from(image).toString('base64');
          return unwrap(await page.evaluate(answerInPage, { id, image: base64, prompt, maxTokens }));
        } finally {
          signal.removeEventListener('abort', cancel);
        }
      },
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
