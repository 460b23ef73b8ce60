/** A case's world in a real browser: the store's own code in a blank page, a scripted server, and the DevTools protocol. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from '@playwright/test';
import { ARGS } from './browser.ts';
import type { BrowserCase, BrowserTools, Outcome, StoredValues, Visit, World } from './case.ts';
import type { Harness } from './harness.ts';
import { type Folder, modelFolder, sum } from './model-folder.ts';
import { ScriptedServer, type SiteFile } from './scripted-server.ts';

/** How long a page may take to read what it was sent, before the connection breaks all the same. */
const TIMEOUT_MS = 4000;

export interface BrowserWorld extends World {
  browser: BrowserTools;
  /** Takes every fault back and closes all pages. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

type Call = { [K in keyof Harness]: { method: K; args: Parameters<Harness[K]> } }[keyof Harness];

class RealWorld implements BrowserWorld {
  readonly server: ScriptedServer;
  readonly #others: ScriptedServer[] = [];
  readonly #open: () => Promise<BrowserContext>;
  #context: BrowserContext;
  #network: 'offline' | 'slow' | 'normal' = 'normal';
  #script: string | null = null;
  #quota: number | null = null;
  /** For looking at what is stored, and for the DevTools protocol. */
  #tool: Page | null = null;
  /** The page of the last visit. */
  #visiting: Page | null = null;
  readonly #sessions = new WeakMap<Page, Promise<CDPSession>>();

  constructor(server: ScriptedServer, context: BrowserContext, open: () => Promise<BrowserContext>) {
    this.server = server;
    this.#context = context;
    this.#open = open;
    // A page loses what lies in the browser's buffers when a connection breaks: up to some megabytes, less than a real chunk.
    server.beforeCut = () => this.#taken();
  }

  async load(visit: Visit = {}): Promise<Outcome> {
    const { outcome, end } = await this.browser.begin(visit);
    const over = await outcome;
    await end('close');
    return over;
  }

  async otherServer(folder: Folder): Promise<ScriptedServer> {
    const server = await ScriptedServer.start(folder);
    this.#others.push(server);
    return server;
  }

  readonly stored: StoredValues = {
    keys: async (store = 'chunks') => (await this.#call({ method: 'keys', args: [store] })) as string[],
    get: async (key) => Uint8Array.from((await this.#call({ method: 'get', args: [key] })) as number[]),
    put: async (key, value, store = 'chunks') => {
      const plain = value instanceof Uint8Array ? [...value] : value;
      await this.#call(
        value === undefined ? { method: 'remove', args: [store, key] } : { method: 'put', args: [store, key, plain] },
      );
    },
  };

  readonly browser: BrowserTools = {
    setQuota: async (bytes) => {
      this.#quota = bytes;
      for (const page of this.#context.pages()) await this.#limit(page);
    },
    setNetwork: async (how) => {
      this.#network = how;
      for (const page of this.#context.pages()) await this.#throttle(page);
    },
    inject: async (script) => {
      this.#script = script;
    },
    begin: async (visit = {}) => {
      const page = await this.#newPage();
      this.#visiting = page;
      const { folder } = this.server;
      const files = Object.fromEntries(folder.paths.map((path) => [path, sum(folder.files.get(path) as Uint8Array)]));
      const order = { url: this.server.url, ...visit, files };
      const outcome = page.evaluate(
        (given) => (globalThis as unknown as { harness: Harness }).harness.visit(given),
        order,
      );
      outcome.catch(() => {}); // a tab that is ended on purpose has no outcome
      return {
        outcome,
        end: async (how) => {
          if (how === 'close') await page.close();
          else await this.#crash(page);
        },
      };
    },
    evaluate: async <T>(expression: string) => (await (await this.#newPage()).evaluate(expression)) as T,
    evict: async () => {
      this.#tool ??= await this.#newPage();
      const session = await this.#session(this.#tool);
      await session.send('Storage.clearDataForOrigin', { origin: this.server.origin, storageTypes: 'indexeddb' });
    },
    restart: async () => {
      const browser = await this.#session(await this.#newPage());
      const gone = new Promise((resolve) => this.#context.once('close', resolve));
      await browser.send('Browser.crash').catch(() => {}); // the answer cannot come any more
      await gone;
      this.#tool = null;
      this.#context = await this.#open();
    },
  };

  async heal(): Promise<void> {
    this.server.plan = () => undefined;
    this.#script = null;
    await this.browser.setNetwork('normal');
    await this.browser.setQuota(null);
    // Playwright ends with the last page of a context that has a profile; one stays open.
    const blank = await this.#context.newPage();
    for (const page of this.#context.pages()) if (page !== blank) await page.close();
    this.#tool = null;
  }

  async close(): Promise<void> {
    await this.#context.close();
    for (const server of [this.server, ...this.#others]) await server.stop();
  }

  async #call(call: Call): Promise<unknown> {
    this.#tool ??= await this.#newPage();
    return this.#tool.evaluate(({ method, args }) => {
      const { harness } = globalThis as unknown as { harness: Record<string, (...given: unknown[]) => unknown> };
      return harness[method]?.(...args);
    }, call);
  }

  /** Resolves when a visit has taken all that the server has sent, or after some seconds. */
  async #taken(): Promise<void> {
    for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; await new Promise((next) => setTimeout(next, 50))) {
      const loaded = await this.#visiting?.evaluate(() =>
        (globalThis as unknown as { harness: Harness }).harness.loaded(),
      );
      if (loaded === undefined || loaded >= this.server.sent()) return;
    }
  }

  /** One session for each page: what one session has set, another cannot take back. */
  #session(page: Page): Promise<CDPSession> {
    const session = this.#sessions.get(page) ?? this.#context.newCDPSession(page);
    this.#sessions.set(page, session);
    return session;
  }

  async #newPage(): Promise<Page> {
    const page = await this.#context.newPage();
    if (this.#script !== null) await page.addInitScript(this.#script);
    await page.goto(`${this.server.origin}/`);
    await page.waitForFunction(() => 'harness' in globalThis);
    if (this.#quota !== null) await this.#limit(page);
    if (this.#network !== 'normal') await this.#throttle(page);
    return page;
  }

  async #limit(page: Page): Promise<void> {
    const { origin } = this.server;
    const quota = this.#quota === null ? {} : { quotaSize: this.#quota };
    await (await this.#session(page)).send('Storage.overrideQuotaForOrigin', { origin, ...quota });
  }

  async #throttle(page: Page): Promise<void> {
    const session = await this.#session(page);
    await session.send('Network.enable');
    const throughput = this.#network === 'slow' ? 56_000 / 8 : -1;
    await session.send('Network.emulateNetworkConditions', {
      offline: this.#network === 'offline',
      latency: 0,
      downloadThroughput: throughput,
      uploadThroughput: throughput,
    });
  }

  async #crash(page: Page): Promise<void> {
    const session = await this.#session(page);
    const crashed = new Promise((resolve) => page.once('crash', resolve));
    session.send('Page.crash').catch(() => {}); // the answer cannot come any more
    await crashed;
    await page.close();
  }
}

/** A world with storage of its own: a fresh context, or a browser of its own with a profile folder. */
export async function browserWorld(
  browser: Browser,
  executablePath: string,
  site: ReadonlyMap<string, SiteFile>,
  { folder, profile = false, host }: Pick<BrowserCase, 'folder' | 'profile' | 'host'>,
): Promise<BrowserWorld> {
  const usual = (): Folder => modelFolder({}, 'Test model', 128 * 1024);
  const server = await ScriptedServer.start(folder?.() ?? usual(), site, host);
  if (!profile) {
    const open = () => browser.newContext();
    return new RealWorld(server, await open(), open);
  }
  const path = mkdtempSync(join(tmpdir(), 'faults-'));
  const open = () => chromium.launchPersistentContext(path, { executablePath, args: ARGS });
  const world = new RealWorld(server, await open(), open);
  const close = world.close.bind(world);
  world.close = async () => {
    await close();
    rmSync(path, { recursive: true, force: true });
  };
  return world;
}
