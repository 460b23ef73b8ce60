/** `npm run faults`: every fault case, in a real browser where it needs one → a table, or JSON, of the states they ended in. */
import { defineCommand, runAsProgram, untilStopped, UsageError } from '../cli/command.ts';
import { AppError } from '../contract/errors.ts';
import { findBrowser } from '../scripts/find-browser.mjs';
import type { Browser } from '@playwright/test';
import { buildSite, launch } from './browser.ts';
import { browserWorld } from './browser-world.ts';
import { type BrowserCase, type CaseResult, judge } from './case.ts';
import { ADAPTERS } from './cases/adapters.ts';
import { BUILT_PAGE } from './cases/built-page.ts';
import { DIALECT } from './cases/dialect.ts';
import { DOWNLOAD } from './cases/download.ts';
import { INPUT } from './cases/input.ts';
import { INTEGRITY } from './cases/integrity.ts';
import { LOSSES } from './cases/losses.ts';
import { MANIFESTS } from './cases/manifests.ts';
import { ORIGINS_AND_NETWORKS } from './cases/networks.ts';
import { PICTURES_IN_NODE, PICTURES_IN_PAGE } from './cases/pictures.ts';
import { PARTS_OVER_HTTP, STORE_OVER_HTTP } from './cases/plain-http.ts';
import { SERVER } from './cases/server.ts';
import { STORAGE } from './cases/storage.ts';
import { STRUCTURED } from './cases/structured.ts';
import { TABLES } from './cases/tables.ts';
import { TABS } from './cases/tabs.ts';
import { judgePart, type NodeCase, type PageCase, type SiteCase } from './part-case.ts';
import { openParts } from './parts-page.ts';
import { type CaseBrowser, type Opened, runCases } from './runner.ts';
import type { SiteFile } from './scripted-server.ts';
import { buildPage, Site } from './site-visit.ts';

/** What cases run in; the built page is built for the first case that needs it. */
interface Bench {
  browser: Browser;
  executablePath: string;
  blank: ReadonlyMap<string, SiteFile>;
  built: () => Promise<string>;
}

interface Entry {
  id: string;
  title: string;
  open(bench: Bench): Promise<Opened>;
}

const inStore = (one: BrowserCase): Entry => ({
  id: one.id,
  title: one.title,
  async open({ browser, executablePath, blank }) {
    const world = await browserWorld(browser, executablePath, blank, one);
    return { judge: () => judge(one, world, () => world.heal()), close: () => world.close() };
  },
});

const inNode = (one: NodeCase): Entry => ({
  id: one.id,
  title: one.title,
  open: async () => ({ judge: () => judgePart(one, undefined), close: async () => {} }),
});

const inPage = (one: PageCase): Entry => ({
  id: one.id,
  title: one.title,
  async open({ browser, blank }) {
    const { parts, close } = await openParts(browser, blank, one.host);
    return { judge: () => judgePart(one, parts), close };
  },
});

const inBuiltPage = (one: SiteCase): Entry => ({
  id: one.id,
  title: one.title,
  async open({ browser, built }) {
    const site = await Site.start(browser, await built());
    return { judge: () => judgePart(one, site), close: () => site.close() };
  },
});

/**
 * By letter: A download, B integrity, C storage, D tabs, H plain http, I manifests, L LoRA folders, O OpenAI's dialect,
 * P pictures, S structured answers, T tables, U the built page, V the server under load, X pastes, drops and keys.
 */
const CASES: Entry[] = [
  ...[...DOWNLOAD, ...ORIGINS_AND_NETWORKS, ...INTEGRITY, ...STORAGE, ...LOSSES, ...TABS, ...MANIFESTS].map(inStore),
  ...STORE_OVER_HTTP.map(inStore),
  ...PARTS_OVER_HTTP.map(inPage),
  ...PICTURES_IN_NODE.map(inNode),
  ...PICTURES_IN_PAGE.map(inPage),
  ...INPUT.map(inPage),
  ...[...STRUCTURED, ...DIALECT, ...TABLES, ...ADAPTERS, ...SERVER].map(inNode),
  ...BUILT_PAGE.map(inBuiltPage),
];

function row({ id, title, state, ok, problems, sent, size }: CaseResult): string {
  const share = size > 0 ? `${Math.round((100 * sent) / size)} %` : '';
  const line = `${ok ? 'ok  ' : 'FAIL'} ${id.padEnd(24)} ${state.padEnd(17)} ${share.padStart(6)}  ${title}`;
  return [line, ...problems.map((problem) => `       ${problem}`)].join('\n');
}

/** Starts the browser; each case gets storage of its own. */
async function startBrowser(bench: Omit<Bench, 'browser'>): Promise<CaseBrowser<Entry>> {
  const browser = await launch(bench.executablePath);
  return {
    alive: () => browser.isConnected(),
    open: (one) => one.open({ ...bench, browser }),
    close: () => browser.close(),
  };
}

function summary(results: readonly CaseResult[], json: boolean): string {
  const failed = results.filter(({ ok }) => !ok).length;
  const passed = results.length - failed;
  const cases = results.map(({ id, state, ok }) => ({ id, state, ok }));
  return json ? JSON.stringify({ passed, failed, cases }) : `${passed} passed, ${failed} failed`;
}

interface FaultsWords {
  chosen: Entry[];
  json: boolean;
}

async function run({ chosen, json }: FaultsWords, signal: AbortSignal): Promise<void> {
  const executablePath = findBrowser();
  const blank = await buildSite();
  let page: Promise<string> | null = null;
  const bench = { executablePath, blank, built: () => (page ??= buildPage()) };
  const results: CaseResult[] = [];
  if (!json) console.log('     case                     ended in            sent  what happened');
  const tell = (result: CaseResult): void => {
    results.push(result);
    if (!json) console.log(row(result));
    else if (!result.ok) console.error(row(result));
  };
  try {
    await untilStopped(
      signal,
      runCases(chosen, () => startBrowser(bench), tell),
    );
  } finally {
    // Whoever ends a long run early still wants to know how far it came.
    console.log(summary(results, json));
  }
  const failed = results.filter(({ ok }) => !ok).length;
  if (failed > 0)
    throw new AppError('self-test-failed', `${failed} of ${results.length} cases ended in another state.`, { failed });
}

export const faults = defineCommand({
  name: 'faults',
  call: 'npm run -s faults --',
  words: '[options]',
  about: `Lets downloads, storage, manifests, pictures, schemas, requests, tables and the page itself meet every fault that is
known, in a real browser where they need one. Each case has to end in the named state; after a download a retry has to
succeed without fetching again what was stored.`,
  syntax: (blank) =>
    blank
      .option('--only <TEXT>', 'cases whose id contains TEXT (or one of several, with commas)', '')
      .option('--json', '{"passed", "failed", "cases": [{"id", "state", "ok"}]} instead of a table', false),
  read({ only, json }): FaultsWords {
    const chosen = CASES.filter(({ id }) => only.split(',').some((text) => id.includes(text)));
    if (chosen.length === 0) throw new UsageError(`No case has "${only}" in its id.`);
    return { chosen, json };
  },
  run,
});

await runAsProgram(import.meta.filename, faults);
