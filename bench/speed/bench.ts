/** The built page, visited several times in a real browser → how long a person waits for it, as a table or JSON. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/find-browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { typedPath } from '../../cli/paths.ts';
import { provenance, RESULTS } from '../provenance.ts';
import { gather, summaryTable } from './summary.ts';
import { ask, deviceOf, open } from './visit.ts';

const ROOT = join(import.meta.dirname, '../..');
const USAGE = `Usage: npm run build && npm run -s bench -- [options]

Visits the built page with a fresh browser profile each run, then again, and asks about a sample picture.

  --runs N           visits (default 5)
  --site DIR         the built page (default: dist)
  --device D         webgpu or wasm; the page chooses when left out
  --json             the result as JSON instead of a table
  --save             also write it to bench/results/`;

const FIRST_QUESTION = 'Describe the picture.';
const FOLLOW_UP = 'How many shapes are there?';
const UNITS = {
  'cold: page interactive': 'ms',
  'cold: model ready': 'ms',
  'warm: page interactive': 'ms',
  'warm: model ready': 'ms',
  'first question: first token': 'ms',
  'first question: text on screen': 'ms',
  'follow-up: first token': 'ms',
  'follow-up: text on screen': 'ms',
  decode: 'tokens/s',
} as const;

const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const ROOT_USER = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

interface Run {
  times: Record<string, number>;
  about: Record<string, string | number | boolean | null>;
}

async function oneRun(url: string, executablePath: string): Promise<Run> {
  const profile = mkdtempSync(join(tmpdir(), 'bench-'));
  const args = [...QUIET, ...ROOT_USER, '--enable-unsafe-webgpu'];
  const context = await chromium.launchPersistentContext(profile, { executablePath, args });
  try {
    const cold = await open(context, url);
    // The service worker stores the page for the next visit; only then is a visit warm.
    await cold.page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await cold.page.close();
    const { page, times: warm } = await open(context, url);
    await page.locator('input[type="file"]').setInputFiles(join(ROOT, 'public/samples/shapes.png'));
    await page.getByRole('button', { name: 'Remove image' }).waitFor();
    const first = await ask(page, FIRST_QUESTION);
    const followUp = await ask(page, FOLLOW_UP);
    const times: Run['times'] = {
      'cold: page interactive': cold.times.interactive,
      'cold: model ready': cold.times.ready,
      'warm: page interactive': warm.interactive,
      'warm: model ready': warm.ready,
      'first question: first token': first.first_token,
      'first question: text on screen': first.shown,
      'follow-up: first token': followUp.first_token,
      'follow-up: text on screen': followUp.shown,
      ...(first.tokens_per_second === undefined ? {} : { decode: first.tokens_per_second }),
    };
    const browser = context.browser()?.version() ?? 'unknown';
    const about = { ...(await deviceOf(page)), browser, answer: first.answer, answer_tokens: first.tokens };
    return { times, about };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

function save(result: { date: string; commit: string }): string {
  mkdirSync(RESULTS, { recursive: true });
  const path = join(RESULTS, `${result.date.slice(0, 10)}-${result.commit}.json`);
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

async function measure(root: string, runs: number, device: string | undefined) {
  const site = await serve({ root, port: 0 });
  const url = device === undefined ? site.url : `${site.url}?device=${device}`;
  const done: Run[] = [];
  try {
    const executablePath = findBrowser();
    for (let run = 1; run <= runs; run++) {
      console.error(`run ${run} of ${runs}`);
      done.push(await oneRun(url, executablePath));
    }
  } finally {
    await site.close();
  }
  const metrics = gather(
    done.map(({ times }) => times),
    UNITS,
  );
  return { ...provenance(), runs, ...done[0]?.about, metrics };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '5' },
      device: { type: 'string' },
      site: { type: 'string' },
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const runs = Number(values.runs);
  if (values.help) console.log(USAGE);
  else if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs has to be a whole number from 1 on.');
  else {
    const site = values.site === undefined ? join(ROOT, 'dist') : typedPath(values.site);
    const result = await measure(site, runs, values.device);
    console.log(values.json ? JSON.stringify(result) : summaryTable(result.metrics));
    if (values.save) console.error(`saved ${save(result)}`);
  }
}

try {
  await main();
} catch (thrown) {
  const { code, message } = thrown as NodeJS.ErrnoException;
  console.error(`bench: ${code === 'ENOENT' ? `${message}\nIs the page built? Run: npm run build` : message}`);
  process.exitCode = 1;
}
