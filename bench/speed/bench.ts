/** The built page and the engines below it, in a real browser → how long a person waits, as a table or JSON. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/find-browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { typedPath } from '../../cli/paths.ts';
import { provenance, RESULTS } from '../provenance.ts';
import { gather, summaryTable } from './summary.ts';
import { type Comparison, compareEngines } from '../compare/compare.ts';
import { MODELS } from '../compare/models.ts';
import { comparisonTable } from '../compare/table.ts';
import { measureReadAhead, readAheadTable } from './read-ahead.ts';
import { STREAMING_UNITS, streaming } from './streaming.ts';
import { ask, deviceOf, open } from './visit.ts';

const ROOT = join(import.meta.dirname, '../..');
const USAGE = `Usage: npm run build && npm run -s bench -- [options]

Visits the built page with a fresh browser profile each run, then again, and asks about a sample picture. Watches the page's
main thread while answers stream, one of them long. Then runs our engine, @huggingface/transformers, wllama and a bare loop on the same weights, in turns in one page, on the CPU.

  --only P           page, streaming, engines, read-ahead, or loads (of the engines, nothing else); all but loads when left out
  --runs N           visits, and rounds of streaming (default 5)
  --models a,b       models of the engines' part and of read-ahead: ${MODELS.join(', ')} (default: all)
  --rounds N         turns of the engines, and of read-ahead (default 5)
  --tokens N         tokens decoded in each turn (default 32)
  --threads N        threads of each engine (default: what each chooses by itself)
  --not-isolated     serve without the headers that allow threads
  --site DIR         the built page (default: dist)
  --device D         webgpu or wasm; the page chooses when left out
  --json             the result as JSON instead of a table
  --save             also write it to bench/results/, and after each model what is known by then`;

const PARTS = ['page', 'streaming', 'engines', 'read-ahead', 'loads'];
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

interface Saved {
  date: string;
  commit: string;
  ratios: object;
}

/** Beside what was measured on the same day and commit before, such as another part of the bench. */
function save(result: Saved): string {
  mkdirSync(RESULTS, { recursive: true });
  const path = join(RESULTS, `${result.date.slice(0, 10)}-${result.commit}.json`);
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Saved) : { ratios: {} };
  const both = { ...before, ...result, ratios: { ...before.ratios, ...result.ratios } };
  writeFileSync(path, `${JSON.stringify(both, null, 2)}\n`);
  return path;
}

/** Serves the page while `work` runs. */
async function withSite<Result>(root: string, work: (url: string) => Promise<Result>): Promise<Result> {
  const site = await serve({ root, port: 0 });
  try {
    return await work(site.url);
  } finally {
    await site.close();
  }
}

async function measureVisits(url: string, runs: number) {
  const done: Run[] = [];
  const executablePath = findBrowser();
  for (let run = 1; run <= runs; run++) {
    console.error(`run ${run} of ${runs}`);
    done.push(await oneRun(url, executablePath));
  }
  const metrics = gather(
    done.map(({ times }) => times),
    UNITS,
  );
  return { runs, ...done[0]?.about, metrics };
}

async function inBrowser<Result>(work: (browser: Browser) => Promise<Result>): Promise<Result> {
  const browser = await chromium.launch({ executablePath: findBrowser(), args: [...QUIET, ...ROOT_USER] });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

async function measureStreaming(browser: Browser, url: string, runs: number) {
  const done: Record<string, number>[] = [];
  for (let run = 1; run <= runs; run++) {
    console.error(`streaming ${run} of ${runs}, load average ${loadavg()[0]?.toFixed(1)}`);
    done.push(await streaming(browser, url));
  }
  return { runs, browser: browser.version(), metrics: gather(done, STREAMING_UNITS) };
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      runs: { type: 'string', default: '5' },
      device: { type: 'string' },
      site: { type: 'string' },
      models: { type: 'string', default: MODELS.join() },
      rounds: { type: 'string', default: '5' },
      tokens: { type: 'string', default: '32' },
      threads: { type: 'string' },
      'not-isolated': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return values;
}

function whole(text: string, name: string, least = 1): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`--${name} has to be a whole number from ${least} on.`);
  return value;
}

async function main(): Promise<void> {
  const values = readArguments();
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { only } = values;
  if (only !== undefined && !PARTS.includes(only)) throw new Error(`--only is one of ${PARTS.join(', ')}.`);
  const wanted = (part: string): boolean => only === undefined || only === part;
  const runs = whole(values.runs, 'runs');
  const models = values.models.split(',').map((name) => {
    const id = MODELS.find((known) => known === name);
    if (!id) throw new Error(`There is no model ${name}. Known are ${MODELS.join(', ')}.`);
    return id;
  });
  const options = {
    models,
    loads: only === 'loads',
    rounds: whole(values.rounds, 'rounds'),
    tokens: whole(values.tokens, 'tokens', 2),
    threads: values.threads === undefined ? undefined : whole(values.threads, 'threads'),
    isolated: !values['not-isolated'],
    onProgress: (text: string) => console.error(text),
  };
  const site = values.site === undefined ? join(ROOT, 'dist') : typedPath(values.site);
  const query = values.device === undefined ? '' : `?device=${values.device}`;
  const origin = provenance();
  const page = wanted('page') ? await withSite(site, (url) => measureVisits(url + query, runs)) : null;
  const streamed = wanted('streaming')
    ? await withSite(site, (url) => inBrowser((browser) => measureStreaming(browser, url, runs)))
    : null;
  const ahead = wanted('read-ahead') ? await inBrowser((browser) => measureReadAhead(browser, site, options)) : null;
  const resultOf = (measured: Comparison | null) => {
    const ratios = { ...measured?.ratios, ...(ahead ? { read_ahead: ahead.ratios } : {}) };
    const parts = {
      ...(streamed ? { streaming: streamed } : {}),
      ...(ahead ? { read_ahead: ahead.models } : {}),
      ...(measured ? { [options.loads ? 'loads' : 'engines']: measured } : {}),
    };
    return { ...origin, ...page, ...parts, ratios };
  };
  const onModel = (soFar: Comparison): void => {
    if (values.save) save(resultOf(soFar));
  };
  const engines = wanted('engines') || only === 'loads' ? await compareEngines({ ...options, onModel }) : null;
  const result = resultOf(engines);
  if (values.json) console.log(JSON.stringify(result));
  else {
    if (page) console.log(summaryTable(page.metrics));
    if (streamed) console.log(summaryTable(streamed.metrics));
    if (ahead) console.log(readAheadTable(ahead));
    if (engines) console.log(comparisonTable(engines));
  }
  if (values.save) console.error(`saved ${save(result)}`);
}

try {
  await main();
} catch (thrown) {
  const { code, message } = thrown as NodeJS.ErrnoException;
  console.error(`bench: ${code === 'ENOENT' ? `${message}\nIs the page built? Run: npm run build` : message}`);
  process.exitCode = 1;
}
