/** Answers that stream into the built page → how long its main thread was kept from the person, and at what cost. */
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from '@playwright/test';
import { type LongAnswer, serveLongAnswer } from './long-answer.ts';
import { ask, open } from './visit.ts';

const SAMPLE = join(import.meta.dirname, '../../public/samples/shapes.png');
const QUESTIONS = ['Describe the picture.', 'How many shapes are there?', 'Describe the picture.'];
/** As a small model writes on a GPU. */
const TOKENS_PER_SECOND = 150;
const LONG_ANSWER_TOKENS = 6000;

/** Milliseconds by the clock, which counts what other programs took; and of the main thread's own work in the same kind of task. */
interface Longest {
  wall: number;
  processor: number;
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

/** Runs `work` and finds the longest tasks of the page's main thread meanwhile. */
async function longestTasks(session: CDPSession, work: () => Promise<void>): Promise<Longest> {
  const events: TraceEvent[] = [];
  const gather = ({ value }: { value: unknown[] }): void => void events.push(...(value as TraceEvent[]));
  session.on('Tracing.dataCollected', gather);
  const traceConfig = { includedCategories: ['toplevel', '__metadata'], excludedCategories: ['*'] };
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  await work();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', gather);
  const isMain = ({ name, args }: TraceEvent): boolean => name === 'thread_name' && args?.name === 'CrRendererMain';
  const mains = new Set(events.filter(isMain).map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = events.filter(({ name, pid, tid }) => name.endsWith('::RunTask') && mains.has(`${pid} ${tid}`));
  if (tasks.length === 0) throw new Error('The browser recorded no task of the page.');
  const longest = (of: (event: TraceEvent) => number | undefined): number =>
    tasks.reduce((most, task) => Math.max(most, of(task) ?? 0), 0) / 1000;
  return { wall: longest(({ dur }) => dur), processor: longest(({ tdur }) => tdur) };
}

/** Milliseconds of processor time that the page's main thread has used. */
async function threadTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN);
}

async function addSample(page: Page): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles(SAMPLE);
  await page.getByRole('button', { name: 'Remove image' }).waitFor();
  // What a person does not outrun: late parts of the page are fetched, the picture is decoded.
  await page.waitForTimeout(1500);
}

async function shortAnswers(browser: Browser, url: string): Promise<Longest> {
  const context = await browser.newContext();
  const { page } = await open(context, url);
  await addSample(page);
  const session = await context.newCDPSession(page);
  const longest = await longestTasks(session, async () => {
    for (const question of QUESTIONS) await ask(page, question);
  });
  await context.close();
  return longest;
}

/** Processor time each token cost in the first and in the last quarter of the answer, in microseconds. */
async function costs(session: CDPSession, answer: LongAnswer): Promise<[first: number, last: number]> {
  const marks: [tokens: number, milliseconds: number][] = [];
  for (const share of [0.02, 0.25, 0.75, 0.98]) {
    while (answer.sent() < share * LONG_ANSWER_TOKENS) await new Promise((resolve) => setTimeout(resolve, 50));
    marks.push([answer.sent(), await threadTime(session)]);
  }
  const [a, b, c, d] = marks as [(typeof marks)[0], (typeof marks)[0], (typeof marks)[0], (typeof marks)[0]];
  const perToken = (from: typeof a, to: typeof a): number => (1000 * (to[1] - from[1])) / (to[0] - from[0]);
  return [perToken(a, b), perToken(c, d)];
}

async function longAnswer(browser: Browser, url: string): Promise<Longest & { first: number; last: number }> {
  const server = await serveLongAnswer(LONG_ANSWER_TOKENS, TOKENS_PER_SECOND);
  const context = await browser.newContext();
  try {
    const choice = JSON.stringify({ kind: 'openai', baseUrl: server.host, model: '' });
    await context.addInitScript(`localStorage.setItem('backend', ${JSON.stringify(choice)})`);
    const { page } = await open(context, new URL('connected.html', url).href);
    await addSample(page);
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    let quarters: [first: number, last: number] = [Number.NaN, Number.NaN];
    const longest = await longestTasks(session, async () => {
      [quarters] = await Promise.all([costs(session, server), ask(page, QUESTIONS[0] as string)]);
    });
    return { ...longest, first: quarters[0], last: quarters[1] };
  } finally {
    await context.close();
    server.close();
  }
}

export const STREAMING_UNITS = {
  'streaming, mipha-nano: longest task': 'ms',
  'streaming, mipha-nano: longest task, processor time': 'ms',
  'streaming, 6000 tokens: longest task': 'ms',
  'streaming, 6000 tokens: longest task, processor time': 'ms',
  'streaming, 6000 tokens: processor time of a token, first quarter': 'µs',
  'streaming, 6000 tokens: processor time of a token, last quarter': 'µs',
} as const;

/** One round of both kinds of answers, from the press on Ask to the end of the answer. */
export async function streaming(browser: Browser, url: string): Promise<Record<string, number>> {
  const short = await shortAnswers(browser, url);
  const long = await longAnswer(browser, url);
  const values = [short.wall, short.processor, long.wall, long.processor, long.first, long.last];
  return Object.fromEntries(Object.keys(STREAMING_UNITS).map((name, index) => [name, values[index] ?? Number.NaN]));
}
