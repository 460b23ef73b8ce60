/** The harness page, built and served with its models, in a browser → calls to contenders. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import { findBrowser } from '../../scripts/find-browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import type { Answer, Decoded } from './page/contender.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What is served: the page and, below it, the models. */
export const SITE = join(ROOT, '.cache/bench');
export const MODEL_FOLDER = join(SITE, 'models');

const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const ROOT_USER = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export type ContenderName = 'own' | 'peer' | 'bare' | 'wllama';

export interface Methods {
  load: { ms: number; threads: number };
  encode: number;
  decode: Decoded;
  firstQuestion: Answer;
  followUp: Answer;
  followUpOnKeptCache: Answer;
}

interface InPage {
  bench: {
    call(name: ContenderName, method: string, args: unknown[]): Promise<unknown>;
    copyBandwidth(repetitions: number): number[];
  };
}

/** Bundles the page as a person's own build would. */
export async function buildHarness(): Promise<void> {
  await build({
    root: join(import.meta.dirname, 'page'),
    base: './',
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: join(SITE, 'page'), emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0 },
  });
}

/** Without the site's security policy: wllama starts its worker from a string, which that forbids. */
export async function startSite(isolated: boolean): Promise<{ url: string; close: () => Promise<void> }> {
  return serve({ root: SITE, port: 0, isolated, guarded: false });
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser(), args: [...QUIET, ...ROOT_USER] });
}

export function launchWithProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { executablePath: findBrowser(), args: [...QUIET, ...ROOT_USER] });
}

/** One page with its contenders. */
export class Harness {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  static async open(context: BrowserContext, siteUrl: string): Promise<Harness> {
    const page = await context.newPage();
    await page.goto(`${siteUrl}page/`);
    await page.waitForFunction('globalThis.bench !== undefined');
    return new Harness(page);
  }

  call<M extends keyof Methods>(name: ContenderName, method: M, ...args: unknown[]): Promise<Methods[M]> {
    const run = ([contender, wanted, values]: [ContenderName, string, unknown[]]) =>
      (globalThis as unknown as InPage).bench.call(contender, wanted, values);
    return this.page.evaluate(run, [name, method, args] as [ContenderName, string, unknown[]]) as Promise<Methods[M]>;
  }

  copyBandwidth(repetitions: number): Promise<number[]> {
    return this.page.evaluate((count) => (globalThis as unknown as InPage).bench.copyBandwidth(count), repetitions);
  }
}

/** The most memory that the largest page of this browser has held so far, in bytes; undefined where the system does not tell. */
export async function peakMemory(page: Page): Promise<number | undefined> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  if (!session) return undefined;
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => {
      try {
        const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'));
        return line ? Number(line[1]) * 1024 : 0;
      } catch {
        return 0; // no such file system, or the process has just ended
      }
    });
  const peak = Math.max(0, ...peaks);
  return peak === 0 ? undefined : peak;
}
