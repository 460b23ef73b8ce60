/** A blank page with the page's own code → calls of that code from a case. */
import type { Browser, Page } from '@playwright/test';
import { type Result, unwrap } from '../contract/errors.ts';
import type { RgbaImage } from '../image/pixel-values.ts';
import { modelFolder } from './model-folder.ts';
import type { Brought, PartsHarness } from './parts-harness.ts';
import { ScriptedServer, type SiteFile } from './scripted-server.ts';

export class Parts {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Throws the error that the page would show. */
  async decode(bytes: Buffer): Promise<RgbaImage> {
    const { width, height, base64 } = unwrap(
      (await this.#call('decode', bytes.toString('base64'))) as Awaited<ReturnType<PartsHarness['decode']>>,
    );
    return { width, height, data: new Uint8ClampedArray(Buffer.from(base64, 'base64')) };
  }

  async header(bytes: Buffer): Promise<string> {
    return unwrap((await this.#call('header', bytes.toString('base64'))) as Result<string>);
  }

  bring = (brought: Brought) => this.#call('bring', brought) as Promise<string>;
  key = (init: KeyboardEventInit) => this.#call('key', init) as Promise<string | null>;
  ids = () => this.#call('ids') as Promise<string[]>;
  sha256 = (bytes: Buffer) => this.#call('sha256', bytes.toString('base64')) as Promise<string>;
  runningSum = (bytes: Buffer, step: number) =>
    this.#call('runningSum', bytes.toString('base64'), step) as Promise<string>;
  missing = () => this.#call('missing') as Promise<string[]>;

  async gpu(): Promise<void> {
    unwrap((await this.#call('gpu')) as Result<never>);
  }

  #call(method: keyof PartsHarness, ...args: unknown[]): Promise<unknown> {
    return this.#page.evaluate(
      ({ method, args }) => {
        const { parts } = globalThis as unknown as { parts: Record<string, (...given: unknown[]) => unknown> };
        return parts[method]?.(...args);
      },
      { method, args },
    );
  }
}

/** A blank page with the page's own code, on a server of its own. */
export async function openParts(
  browser: Browser,
  site: ReadonlyMap<string, SiteFile>,
  host?: string,
): Promise<{ parts: Parts; close: () => Promise<void> }> {
  const server = await ScriptedServer.start(modelFolder(), site, host);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.origin}/parts.html`);
  await page.waitForFunction('globalThis.parts');
  const close = async (): Promise<void> => {
    await context.close();
    await server.stop();
  };
  return { parts: new Parts(page), close };
}
