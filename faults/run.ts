/** `npm run faults`: every fault case in a real browser → a table, or JSON, of the states they ended in. */
import { parseArgs } from 'node:util';
import { findBrowser } from '../scripts/find-browser.mjs';
import { browserWorld, buildSite, launch } from './browser-world.ts';
import { type BrowserCase, judge, type Verdict } from './case.ts';
import { DOWNLOAD } from './cases/download.ts';
import { INTEGRITY } from './cases/integrity.ts';
import { LOSSES } from './cases/losses.ts';
import { MANIFESTS } from './cases/manifests.ts';
import { ORIGINS_AND_NETWORKS } from './cases/networks.ts';
import { STORAGE } from './cases/storage.ts';
import { TABS } from './cases/tabs.ts';

const USAGE = `Usage: npm run -s faults -- [options]

Lets downloads, storage and manifests fail in every way that is known, in a real browser. Each case has to end in the
named state, and a retry has to succeed without fetching again what was stored.

  --only TEXT   cases whose id contains TEXT (or one of several, with commas)
  --json        {"passed", "failed", "cases": [{"id", "state", "ok"}]} instead of a table`;

const CASES: BrowserCase[] = [
  ...DOWNLOAD,
  ...ORIGINS_AND_NETWORKS,
  ...INTEGRITY,
  ...STORAGE,
  ...LOSSES,
  ...TABS,
  ...MANIFESTS,
];

/** A case that hangs is a failed one. */
const PATIENCE_MS = 120_000;

function row({ id, title, state, ok, problems, sent, size }: Verdict): string {
  const share = size > 0 ? `${Math.round((100 * sent) / size)} %` : '';
  const line = `${ok ? 'ok  ' : 'FAIL'} ${id.padEnd(24)} ${state.padEnd(17)} ${share.padStart(6)}  ${title}`;
  return [line, ...problems.map((problem) => `       ${problem}`)].join('\n');
}

type Run = (one: BrowserCase) => Promise<Verdict>;

/** A runner of cases in one browser, and how to close it. */
async function openRunner(): Promise<{ run: Run; close: () => Promise<void> }> {
  const executablePath = findBrowser();
  const [site, browser] = [await buildSite(), await launch(executablePath)];
  const run: Run = async (one) => {
    const options = { folder: one.folder?.(), profile: one.profile ?? false };
    const world = await browserWorld(browser, executablePath, site, options);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no end within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
    });
    try {
      return await Promise.race([judge(one, world, () => world.heal()), patience]);
    } catch (thrown) {
      const problems = [thrown instanceof Error ? thrown.message : String(thrown)];
      return { id: one.id, title: one.title, state: 'backend-failed', ok: false, problems, sent: 0, size: 0 };
    } finally {
      clearTimeout(timer);
      await world.close();
    }
  };
  return { run, close: () => browser.close() };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const chosen = CASES.filter(({ id }) => values.only.split(',').some((text) => id.includes(text)));
  if (chosen.length === 0) throw new Error(`no case has "${values.only}" in its id`);
  const { run, close } = await openRunner();
  const verdicts: Verdict[] = [];
  try {
    if (!values.json) console.log('     case                     ended in            sent  what happened');
    for (const one of chosen) {
      const verdict = await run(one);
      verdicts.push(verdict);
      if (!values.json) console.log(row(verdict));
      else if (!verdict.ok) console.error(row(verdict));
    }
  } finally {
    await close();
  }
  const failed = verdicts.filter(({ ok }) => !ok).length;
  const passed = verdicts.length - failed;
  const cases = verdicts.map(({ id, state, ok }) => ({ id, state, ok }));
  console.log(values.json ? JSON.stringify({ passed, failed, cases }) : `${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

try {
  await main();
} catch (thrown) {
  console.error(`faults: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 1;
}
