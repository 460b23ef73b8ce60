/** Our engine, @huggingface/transformers and a bare loop on the same weights, in turns in one page → times and ratios. */
import { loadavg } from 'node:os';
import type { Browser } from '@playwright/test';
import { buildHarness, type ContenderName, Harness, launch, MODEL_FOLDER, startSite } from './harness.ts';
import { type ModelFacts, type ModelId, prepareModel } from './models.ts';
import { measureLoad } from './loads.ts';
import { inTurn, note, pairedRatios, type Rounds, type Samples, type Spread, spread } from './ratios.ts';

const CONTENDERS: readonly ContenderName[] = ['own', 'peer', 'bare'];
const CHATTING: readonly ContenderName[] = ['own', 'peer'];
/** wllama has the language model alone, with weights that are rounded in another way, so its words may differ. */
const DECODING: readonly ContenderName[] = [...CONTENDERS, 'wllama'];
/** Tokens already in the context when decoding is timed; a model with a shorter context is measured at its end. */
const CONTEXTS = [16, 1000, 2000];

export interface CompareOptions {
  models: readonly ModelId[];
  /** Only what loading costs. */
  loads: boolean;
  rounds: number;
  /** Tokens that are decoded in each round. */
  tokens: number;
  isolated: boolean;
  threads?: number | undefined;
  onProgress: (text: string) => void;
  /** Hears what is known after each model: measuring takes long, and may be interrupted. */
  onModel: (soFar: Comparison) => void;
}

/** The contexts that fit this model. */
function contextsOf({ max_length }: ModelFacts, tokens: number): number[] {
  return [...new Set(CONTEXTS.map((length) => Math.min(length, max_length - tokens - 8)))];
}

/** The same word over and over, because wllama takes no ids; the work is the same. */
function promptOf(length: number, { word_id }: ModelFacts): number[] {
  return Array.from({ length }, () => word_id);
}

async function measureQuestions(samples: Samples, harness: Harness, round: number, warmUp: boolean): Promise<void> {
  const lengths = new Set<string>();
  for (const name of inTurn(CONTENDERS, round)) {
    const ms = await harness.call(name, 'encode');
    if (!warmUp) note(samples, 'image encode', name, ms);
  }
  for (const name of inTurn(CHATTING, round)) {
    const first = await harness.call(name, 'firstQuestion', round);
    const kept = name === 'peer' ? await harness.call(name, 'followUpOnKeptCache', round) : null;
    const second = await harness.call(name, 'followUp', round);
    lengths.add(`${first.prompt_tokens} and ${second.prompt_tokens}`);
    if (warmUp) continue;
    note(samples, 'first question', name, first.ms);
    note(samples, 'follow-up', name, second.ms);
    // For ours a kept cache is no other case: it always keeps it.
    note(samples, 'follow-up, cache kept by hand', name, kept?.ms ?? second.ms);
  }
  if (lengths.size !== 1) throw new Error(`The contenders answer different prompts: ${[...lengths].join('; ')}.`);
}

async function measureDecoding(
  samples: Samples,
  harness: Harness,
  facts: ModelFacts,
  context: number,
  tokens: number,
  round: number,
): Promise<void> {
  const said = new Map<string, string>();
  for (const name of inTurn(DECODING, round)) {
    const { prompt_ms, ms, ids } = await harness.call(name, 'decode', promptOf(context, facts), tokens);
    note(samples, `decode at ${context}`, name, ms / (tokens - 1));
    note(samples, `prompt of ${context}`, name, prompt_ms);
    if (name === 'wllama') continue;
    if (ids.length !== tokens) throw new Error(`${name} decoded ${ids.length} tokens instead of ${tokens}.`);
    said.set(name, ids.join());
  }
  const [expected, ...others] = said.values();
  if (others.some((ids) => ids !== expected))
    throw new Error(`The contenders decode different tokens: ${JSON.stringify([...said])}`);
}

async function measureInOnePage(
  samples: Samples,
  browser: Browser,
  url: string,
  facts: ModelFacts,
  options: CompareOptions,
) {
  const harness = await Harness.open(await browser.newContext(), url);
  const setup = { models: `${url}models/`, model: facts.id, threads: options.threads };
  const threads: Record<string, number> = {};
  for (const name of DECODING) threads[name] = (await harness.call(name, 'load', setup)).threads;
  // The first runs of everything are compiled while they run.
  const warming: Samples = {};
  await measureQuestions(warming, harness, options.rounds, true);
  await measureDecoding(warming, harness, facts, 16, 8, 0);
  for (let round = 0; round < options.rounds; round++) {
    options.onProgress(`${facts.id}: round ${round + 1} of ${options.rounds}`);
    await measureQuestions(samples, harness, round, false);
    for (const context of contextsOf(facts, options.tokens))
      await measureDecoding(samples, harness, facts, context, options.tokens, round);
  }
  return { threads, bandwidth: await harness.copyBandwidth(7) };
}

/** The samples of all contexts of one kind. */
const ofKind = (samples: Samples, kind: 'decode at' | 'prompt of'): Rounds[] =>
  Object.entries(samples).flatMap(([metric, rounds]) => (metric.startsWith(kind) ? [rounds] : []));

function loadRatios(samples: Samples): Record<string, Spread> {
  const of = (metric: string): Spread => spread(pairedRatios(samples[metric] ?? {}, 'peer', 'own'));
  return { load_cold: of('load cold'), load_warm: of('load warm') };
}

/** Above 1 our engine is faster; `bare_loop` is our time over the bare loop's, so there below 1 is faster. */
export function modelRatios(samples: Samples): Record<string, Spread> {
  const of = (metric: string): Spread => spread(pairedRatios(samples[metric] ?? {}, 'peer', 'own'));
  const all = (kind: 'decode at' | 'prompt of', over: string, under: string): Spread =>
    spread(ofKind(samples, kind).flatMap((rounds) => pairedRatios(rounds, over, under)));
  return {
    decode: all('decode at', 'peer', 'own'),
    ...loadRatios(samples),
    first_question: of('first question'),
    follow_up: of('follow-up'),
    follow_up_cache_kept_by_hand: of('follow-up, cache kept by hand'),
    image_encode: of('image encode'),
    bare_loop: all('decode at', 'own', 'bare'),
    decode_wllama: all('decode at', 'wllama', 'own'),
    prompt_wllama: all('prompt of', 'wllama', 'own'),
  };
}

/** How near decoding comes to the time that reading what it needs takes at the speed of a copy. */
function limits(samples: Samples, facts: ModelFacts, bandwidth: readonly number[], options: CompareOptions) {
  const perSecond = spread(bandwidth).median;
  const at = contextsOf(facts, options.tokens).map((context) => {
    const bytes = facts.decoder_bytes + facts.cache_bytes_per_token * context;
    const ms = (bytes / perSecond) * 1000;
    const own = spread(samples[`decode at ${context}`]?.['own'] ?? []).median;
    return { context, bytes_per_token: bytes, least_ms_per_token: Number(ms.toPrecision(4)), share: ms / own };
  });
  return { copy_bytes_per_second: spread(bandwidth), decode: at };
}

async function compareModel(id: ModelId, url: string, options: CompareOptions) {
  options.onProgress(`${id}: building what is missing`);
  const facts = await prepareModel(id, MODEL_FOLDER);
  const samples: Samples = {};
  const setup = { models: `${url}models/`, model: id, threads: options.threads };
  for (let round = 0; round < Math.min(3, options.rounds); round++)
    for (const name of inTurn(CONTENDERS, round)) {
      options.onProgress(`${id}: ${name} loads`);
      await measureLoad(samples, name, url, setup);
    }
  const metricsOf = () =>
    Object.fromEntries(
      Object.entries(samples).map(([metric, byContender]) => [
        metric,
        Object.fromEntries(Object.entries(byContender).map(([name, values]) => [name, { ...spread(values), values }])),
      ]),
    );
  if (options.loads) return { bytes: facts.bytes, metrics: metricsOf(), ratios: loadRatios(samples) };
  const browser = await launch();
  try {
    const { threads, bandwidth } = await measureInOnePage(samples, browser, url, facts, options);
    const limit = limits(samples, facts, bandwidth, options);
    return { bytes: facts.bytes, threads, metrics: metricsOf(), ratios: modelRatios(samples), limit };
  } finally {
    await browser.close();
  }
}

/** Ratios by their name, then by model. */
function ratiosOf(models: Record<string, MeasuredModel>): Record<string, Record<string, Spread>> {
  const ratios: Record<string, Record<string, Spread>> = {};
  for (const [id, { ratios: own }] of Object.entries(models))
    for (const [name, value] of Object.entries(own)) (ratios[name] ??= {})[id] = value;
  return ratios;
}

type MeasuredModel = Awaited<ReturnType<typeof compareModel>>;

export interface Comparison extends Pick<CompareOptions, 'rounds' | 'tokens' | 'isolated'> {
  /** Before the first model and after each. */
  load_average: number[][];
  models: Record<string, MeasuredModel>;
  ratios: Record<string, Record<string, Spread>>;
}

export async function compareEngines(options: CompareOptions): Promise<Comparison> {
  await buildHarness();
  const site = await startSite(options.isolated);
  const { rounds, tokens, isolated } = options;
  try {
    const models: Record<string, MeasuredModel> = {};
    const load_average = [loadavg()];
    const soFar = (): Comparison => ({ rounds, tokens, isolated, load_average, models, ratios: ratiosOf(models) });
    for (const id of options.models) {
      models[id] = await compareModel(id, site.url, options);
      load_average.push(loadavg());
      options.onModel(soFar());
    }
    return soFar();
  } finally {
    await site.close();
  }
}
