/** `npm run faults`: every fault case in a real browser → a table, or JSON, of the states they ended in. */
import { defineCommand, runAsProgram, untilStopped, UsageError } from '../cli/command.ts';
import { AppError } from '../contract/errors.ts';
import { findBrowser } from '../scripts/find-browser.mjs';
import { browserWorld, buildSite, launch } from './browser-world.ts';
import type { BrowserCase, CaseResult } from './case.ts';
import { DOWNLOAD } from './cases/download.ts';
import { INTEGRITY } from './cases/integrity.ts';
import { LOSSES } from './cases/losses.ts';
import { MANIFESTS } from './cases/manifests.ts';
import { ORIGINS_AND_NETWORKS } from './cases/networks.ts';
import { STORAGE } from './cases/storage.ts';
import { TABS } from './cases/tabs.ts';
import { type CaseBrowser, runCases } from './runner.ts';
import type { SiteFile } from './scripted-server.ts';

const CASES: BrowserCase[] = [
  ...DOWNLOAD,
  ...ORIGINS_AND_NETWORKS,
  ...INTEGRITY,
  ...STORAGE,
  ...LOSSES,
  ...TABS,
  ...MANIFESTS,
];

function row({ id, title, state, ok, problems, sent, size }: CaseResult): string {
  const share = size > 0 ? `${Math.round((100 * sent) / size)} %` : '';
  const line = `${ok ? 'ok  ' : 'FAIL'} ${id.padEnd(24)} ${state.padEnd(17)} ${share.padStart(6)}  ${title}`;
  return [line, ...problems.map((problem) => `       ${problem}`)].join('\n');
}

/** Starts the browser; each case gets storage of its own. */
async function startBrowser(executablePath: string, site: ReadonlyMap<string, SiteFile>): Promise<CaseBrowser> {
  const browser = await launch(executablePath);
  return {
    alive: () => browser.isConnected(),
    world: ({ folder, profile = false }) =>
      browserWorld(browser, executablePath, site, { folder: folder?.(), profile }),
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
  chosen: BrowserCase[];
  json: boolean;
}

async function run({ chosen, json }: FaultsWords, signal: AbortSignal): Promise<void> {
  const executablePath = findBrowser();
  const site = await buildSite();
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
      runCases(chosen, () => startBrowser(executablePath, site), tell),
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
  about: `Lets downloads, storage and manifests fail in every way that is known, in a real browser. Each case has to end in
the named state, and a retry has to succeed without fetching again what was stored.`,
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
