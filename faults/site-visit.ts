/** The built page, changed on its way to the browser → one visit of it in a fresh browser. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { build } from 'vite';
import { serve } from '../scripts/serve.mjs';
import { PLAIN_HTTP_HOST } from './browser.ts';

const ROOT = join(import.meta.dirname, '..');
/** How long a model may take to load on a busy machine. */
const PATIENCE_MS = 100_000;

/** Builds the page into a folder of its own, as it is now. */
export async function buildPage(): Promise<string> {
  const outDir = join(ROOT, '.cache/faults-site');
  await build({ root: ROOT, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  return outDir;
}

interface Served {
  /** Changes the files of a copy, as something between the owner and the browser does. */
  change?: (folder: string) => Promise<void>;
  plainHttp?: boolean;
}

export class Site {
  readonly page: Page;
  /** What the page wrote to the console. */
  readonly said: string[] = [];
  readonly #folder: string;
  readonly #context: BrowserContext;
  readonly #endings: (() => Promise<void>)[] = [];

  private constructor(folder: string, context: BrowserContext, page: Page) {
    this.#folder = folder;
    this.#context = context;
    this.page = page;
    page.on('console', (message) => this.said.push(message.text()));
  }

  static async start(browser: Browser, folder: string): Promise<Site> {
    const context = await browser.newContext();
    return new Site(folder, context, await context.newPage());
  }

  /** Goes there and does not wait for the model. */
  async visit({ change, plainHttp = false }: Served = {}): Promise<void> {
    let root = this.#folder;
    if (change) {
      root = await mkdtemp(join(tmpdir(), 'faults-site-'));
      this.#endings.push(() => rm(root, { recursive: true }));
      await cp(this.#folder, root, { recursive: true });
      await change(root);
    }
    const { url, close } = await serve({ root, port: 0 });
    this.#endings.unshift(close);
    await this.page.goto(plainHttp ? url.replace('127.0.0.1', PLAIN_HTTP_HOST) : url);
  }

  async ready(): Promise<void> {
    await this.page.locator('[data-model=ready]').waitFor({ timeout: PATIENCE_MS });
  }

  /** The text of the first element with this role. */
  async textOf(role: 'alert' | 'main'): Promise<string> {
    const element = this.page.getByRole(role).first();
    await element.waitFor({ timeout: PATIENCE_MS });
    return (await element.textContent()) ?? '';
  }

  async close(): Promise<void> {
    await this.#context.close();
    for (const end of this.#endings) await end();
  }
}
