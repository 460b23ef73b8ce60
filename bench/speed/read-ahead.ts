/** First questions on the built page, with reading ahead and without, in turns → how long the first token takes. */
import type { Browser, Page } from '@playwright/test';
import { MODEL_FOLDER } from '../compare/harness.ts';
import { type ModelId, prepareOwn } from '../compare/models.ts';
import { inTurn, note, pairedRatios, type Samples, type Spread, spread } from '../compare/ratios.ts';
import { serve } from '../../scripts/serve.mjs';
import { open } from './visit.ts';

const QUESTION = 'What color is the circle?';
/** From the picture to Ask a person types this long. */
const TYPING_MS = 2000;
const WAYS = ['without', 'with'] as const;

/** Runs in the worker before its own code: what it says of itself says that it can't work ahead, so the page doesn't ask. */
const CANNOT_PREPARE = `{
  const without = (value) => {
    if (typeof value !== 'object' || value === null) return;
    if (value.capabilities) value.capabilities.prepare = false;
    else Object.values(value).forEach(without);
  };
  for (const target of [MessagePort.prototype, self]) {
    const post = target.postMessage;
    target.postMessage = function (message, ...rest) {
      without(message);
      return post.call(this, message, ...rest);
    };
  }
}`;

async function withoutReadingAhead(page: Page): Promise<void> {
  await page.route('**/inference.worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${CANNOT_PREPARE}\n${await response.text()}` });
  });
}

/** Runs in the page: a photograph's number of pixels, and a scene that no other number gives. */
async function drawPicture(number: number): Promise<string> {
  const canvas = new OffscreenCanvas(1024, 768);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('There is no canvas.');
  context.fillStyle = `rgb(250 250 ${number % 251})`;
  context.fillRect(0, 0, 1024, 768);
  context.fillStyle = 'red';
  context.beginPath();
  context.arc(300, 380, 190, 0, 7);
  context.fill();
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
}

/** Runs in the page: presses Ask and resolves with the milliseconds until the first token is there, whatever it stands for. */
function pressAsk(): Promise<number> {
  const ask = [...document.querySelectorAll('button')].find((button) => button.textContent.trim() === 'Ask');
  if (!ask) throw new Error('There is no button "Ask".');
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const observer = new MutationObserver(() => {
      const answer = document.querySelector('[role="log"] article');
      const state = answer?.getAttribute('data-state');
      const writes = answer?.textContent.includes('Writing') || answer?.querySelector('.answer-text')?.textContent;
      if (state === 'failed') reject(new Error(answer?.textContent ?? ''));
      else if (state === 'done' || writes) resolve(performance.now() - started);
      else return;
      observer.disconnect();
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    ask.click();
  });
}

/** A new conversation: a picture is added, a question typed, Ask pressed. */
async function firstQuestion(page: Page, round: number): Promise<number> {
  const buffer = Buffer.from(await page.evaluate(drawPicture, round), 'base64');
  await page.locator('input[type="file"]').setInputFiles({ name: 'scene.png', mimeType: 'image/png', buffer });
  await page.getByRole('button', { name: 'Remove image' }).waitFor();
  const typing = { delay: TYPING_MS / QUESTION.length, timeout: 120_000 };
  await page.getByRole('textbox', { name: 'Question' }).pressSequentially(QUESTION, typing);
  const ms = await page.evaluate(pressAsk);
  await page.getByRole('button', { name: 'New conversation' }).click();
  return ms;
}

export interface ReadAhead {
  /** Without reading ahead over with it; above 1 it helps. */
  ratios: Record<string, Spread>;
  /** Milliseconds from the press on Ask to the first token, by model and way. */
  models: Record<string, Record<string, Spread & { values: number[] }>>;
}

interface Options {
  models: readonly ModelId[];
  rounds: number;
  onProgress: (text: string) => void;
}

/** Two pages with the same model stay open for all rounds, and take turns. */
async function measureModel(browser: Browser, url: string, rounds: number, onProgress: (text: string) => void) {
  const samples: Samples = {};
  const pages = new Map<string, Page>();
  for (const way of WAYS) {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const { page } = await open(context, url, way === 'without' ? withoutReadingAhead : undefined);
    pages.set(way, page);
    await firstQuestion(page, 250); // the first runs of everything are compiled while they run
  }
  for (let round = 0; round < rounds; round++) {
    onProgress(`round ${round + 1} of ${rounds}`);
    for (const way of inTurn(WAYS, round))
      note(samples, 'first token', way, await firstQuestion(pages.get(way)!, round));
  }
  for (const page of pages.values()) await page.context().close();
  return samples['first token'] ?? {};
}

export async function measureReadAhead(
  browser: Browser,
  site: string,
  { models, rounds, onProgress }: Options,
): Promise<ReadAhead> {
  const result: ReadAhead = { ratios: {}, models: {} };
  for (const id of models) {
    onProgress(`${id}: building what is missing`);
    const mounts = { '/bench-model/': await prepareOwn(id, MODEL_FOLDER) };
    const server = await serve({ root: site, port: 0, mounts });
    try {
      const url = `${server.url}?model=bench-model/&device=wasm`;
      const byWay = await measureModel(browser, url, rounds, (text) => onProgress(`${id}: ${text}`));
      const spreads = Object.entries(byWay).map(([way, values]) => [way, { ...spread(values), values }]);
      result.ratios[id] = spread(pairedRatios(byWay, 'without', 'with'));
      result.models[id] = Object.fromEntries(spreads);
    } finally {
      await server.close();
    }
  }
  return result;
}

export function readAheadTable({ ratios, models }: ReadAhead): string {
  const line = (name: string, unit: string, { median, min, max }: Spread): string =>
    `${name.padEnd(40)} ${median.toFixed(1).padStart(9)}  ${`${min.toFixed(1)} - ${max.toFixed(1)}`.padStart(19)}  ${unit}`;
  return Object.entries(models)
    .flatMap(([id, ways]) => [
      ...Object.entries(ways).map(([way, values]) => line(`${id}: first token ${way} reading ahead`, 'ms', values)),
      line(`${id}: ratio`, '', ratios[id]!),
    ])
    .join('\n');
}
