/** The built page and the engines below it, in a real browser → how long a person waits, as a table or JSON. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/find-browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { defineCommand, oneOf, runAsProgram, untilStopped, wholeFrom } from '../../cli/command.ts';
import { typedPath } from '../../cli/paths.ts';
import { AppError } from '../../contract/errors.ts';
import { provenance, RESULTS } from '../provenance.ts';
import { gather, summaryTable } from './summary.ts';
import { type Comparison, compareEngines } from '../compare/compare.ts';
import { type ModelId, MODELS } from '../compare/models.ts';
import { comparisonTable } from '../compare/table.ts';
import { measureReadAhead, readAheadTable } from './read-ahead.ts';
import { STREAMING_UNITS, streaming } from './streaming.ts';
import { ask, deviceOf, open } from './visit.ts';

const ROOT = join(import.meta.dirname, '../..');
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
  if (!existsSync(join(root, 'index.html')))
    throw new AppError('request-invalid', `There is no built page in ${root}. Run: npm run build`);
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

const PARTS = ['page', 'streaming', 'engines', 'read-ahead', 'loads'] as const;

interface BenchWords {
  /** Undefined: all but loads. */
  only: (typeof PARTS)[number] | undefined;
  runs: number;
  models: ModelId[];
  rounds: number;
  tokens: number;
  threads: number | undefined;
  isolated: boolean;
  site: string;
  device: string | undefined;
  json: boolean;
  save: boolean;
}

async function measure(words: BenchWords): Promise<void> {
  const { only, runs, models, rounds, tokens, threads, isolated, site } = words;
  const wanted = (part: string): boolean => only === undefined || only === part;
  const loads = only === 'loads';
  const query = words.device === undefined ? '' : `?device=${words.device}`;
  const origin = provenance();
  const onProgress = (text: string) => console.error(text);
  const page = wanted('page') ? await withSite(site, (url) => measureVisits(url + query, runs)) : null;
  const streamed = wanted('streaming')
    ? await withSite(site, (url) => inBrowser((browser) => measureStreaming(browser, url, runs)))
    : null;
  const ahead = wanted('read-ahead')
    ? await inBrowser((browser) => measureReadAhead(browser, site, { models, rounds, onProgress }))
    : null;
  const resultOf = (measured: Comparison | null) => {
    const ratios = { ...measured?.ratios, ...(ahead ? { read_ahead: ahead.ratios } : {}) };
    const parts = {
      ...(streamed ? { streaming: streamed } : {}),
      ...(ahead ? { read_ahead: ahead.models } : {}),
      ...(measured ? { [loads ? 'loads' : 'engines']: measured } : {}),
    };
    return { ...origin, ...page, ...parts, ratios };
  };
  const onModel = (soFar: Comparison): void => {
    if (words.save) save(resultOf(soFar));
  };
  const options = { models, loads, rounds, tokens, threads, isolated, onProgress, onModel };
  const engines = wanted('engines') || loads ? await compareEngines(options) : null;
  const result = resultOf(engines);
  if (words.json) console.log(JSON.stringify(result));
  else {
    if (page) console.log(summaryTable(page.metrics));
    if (streamed) console.log(summaryTable(streamed.metrics));
    if (ahead) console.log(readAheadTable(ahead));
    if (engines) console.log(comparisonTable(engines));
  }
  if (words.save) console.error(`saved ${save(result)}`);
}

export const bench = defineCommand({
  name: 'bench',
  call: 'npm run build && npm run -s bench --',
  words: '[options]',
  about: `Visits the built page with a fresh browser profile each run, then again, and asks about a sample picture. Watches
the page's main thread while answers stream, one of them long. Then runs our engine, @huggingface/transformers, wllama
and a bare loop on the same weights, in turns in one page, on the CPU.`,
  syntax: (blank) =>
    blank
      .option(
        '--only <P>',
        'page, streaming, engines, read-ahead, or loads (of the engines, nothing else); all but loads when left out',
        oneOf(PARTS),
      )
      .option('--runs <N>', 'visits, and rounds of streaming', wholeFrom(1), 5)
      .option(
        '--models <a,b>',
        `models of the engines' part and of read-ahead: ${MODELS.join(', ')} (default: all)`,
        (text: string) => text.split(',').map(oneOf(MODELS)),
      )
      .option('--rounds <N>', 'turns of the engines, and of read-ahead', wholeFrom(1), 5)
      .option('--tokens <N>', 'tokens decoded in each turn', wholeFrom(2), 32)
      .option('--threads <N>', 'threads of each engine (default: what each chooses by itself)', wholeFrom(1))
      .option('--not-isolated', 'serve without the headers that allow threads', false)
      .option('--site <DIR>', 'the built page (default: dist)', typedPath)
      .option('--device <D>', 'webgpu or wasm; the page chooses when left out')
      .option('--json', 'the result as JSON instead of a table', false)
      .option('--save', 'also write it to bench/results/, and after each model what is known by then', false),
  read({ only, threads, device, models = MODELS, site = join(ROOT, 'dist'), notIsolated, ...rest }): BenchWords {
    return { ...rest, only, threads, device, models, site, isolated: !notIsolated };
  },
  run: (words, signal) => untilStopped(signal, measure(words)),
});

await runAsProgram(import.meta.filename, bench);
