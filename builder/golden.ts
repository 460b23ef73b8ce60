/** A golden file (tensors named as in docs/model-format.md) → numbers, and a runner's answers compared with them. */
import { AppError } from '../contract/errors.ts';
import type { Source } from '../contract/files.ts';
import type { Runner } from './runner.ts';
import { openSafetensors, type Safetensors } from './weights/safetensors.ts';

export interface Golden {
  pixel_values: Float32Array;
  input_ids: number[];
  image_embeds: Float32Array;
  /** One row of logits for each position of the prompt. */
  logits: Float32Array[];
  generated_ids: number[];
  /** After each generated id. */
  step_logits: Float32Array[];
  follow_up_ids: number[];
  follow_up_logits: Float32Array;
}

/** How many generated ids stand between the prompt and follow_up_ids. */
const GENERATED_BEFORE_FOLLOW_UP = 8;

async function floats(file: Safetensors, name: string): Promise<Float32Array> {
  if (file.tensors.get(name)?.dtype !== 'F32') throw missing(file.name, name, 'F32');
  return new Float32Array((await file.read(name)).buffer);
}

async function ids(file: Safetensors, name: string): Promise<number[]> {
  if (file.tensors.get(name)?.dtype !== 'I64') throw missing(file.name, name, 'I64');
  return Array.from(new BigInt64Array((await file.read(name)).buffer), Number);
}

function missing(path: string, name: string, dtype: string): AppError {
  return new AppError('request-invalid', `${path} has no ${dtype} tensor ${name}; it is not a golden file.`, { name });
}

function rows(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, i) => values.subarray(i * width, (i + 1) * width));
}

/** @param vocabSize image slots start here */
export async function readGolden(source: Source, path: string, vocabSize: number): Promise<Golden> {
  const file = await openSafetensors(source, path);
  const image_embeds = await floats(file, 'image_embeds');
  const imageTokens = file.tensors.get('image_embeds')?.shape[1] ?? 0;
  const slots = Array.from({ length: imageTokens }, (_, row) => vocabSize + row);
  const before = await ids(file, 'input_ids_before_image');
  return {
    pixel_values: await floats(file, 'pixel_values'),
    input_ids: [...before, ...slots, ...(await ids(file, 'input_ids_after_image'))],
    image_embeds,
    logits: rows(await floats(file, 'logits'), vocabSize),
    generated_ids: await ids(file, 'generated_ids'),
    step_logits: rows(await floats(file, 'step_logits'), vocabSize),
    follow_up_ids: await ids(file, 'follow_up_ids'),
    follow_up_logits: await floats(file, 'follow_up_logits'),
  };
}

export interface Comparison {
  image_embeds_error: number;
  /** Over every position of prompt and continuation, one token at a time, and the prompt in one go. */
  max_abs_logit_error: number;
  /** Greedy ids are the golden ones. */
  generated_match: boolean;
  /** Mean KL divergence in nats of the variant from the golden distribution. */
  kl: number;
  /** Share of positions whose likeliest id is the golden one. */
  top1: number;
  /** Prompt, a continuation and a second question on top of a reused cache. */
  follow_up_error: number;
  /** Largest difference between the prompt in one go, in two parts, and one token at a time. */
  cache_error: number;
}

export function maxError(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs((a[i] as number) - (b[i] as number));
    if (!(error <= largest)) largest = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return largest;
}

export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

function logSoftmax(logits: Float32Array): Float64Array {
  const max = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, value) => total + Math.exp(value - max), 0);
  return Float64Array.from(logits, (value) => value - max - Math.log(sum));
}

/** KL(expected || actual) in nats. */
export function divergence(expected: Float32Array, actual: Float32Array): number {
  const p = logSoftmax(expected);
  const q = logSoftmax(actual);
  return p.reduce((sum, logP, i) => sum + Math.exp(logP) * (logP - (q[i] as number)), 0);
}

async function last(runner: Runner, chunks: readonly (readonly number[])[]): Promise<Float32Array> {
  runner.clear();
  let logits = new Float32Array();
  for (const chunk of chunks) logits = Float32Array.from(await runner.feed(chunk));
  return logits;
}

/** Runs everything that a golden file describes. */
export async function compare(runner: Runner, golden: Golden): Promise<Comparison> {
  const embeds = await runner.see(golden.pixel_values);
  const { input_ids: prompt } = golden;
  const inOneGo = await last(runner, [prompt]);
  const half = Math.floor(prompt.length / 2);
  const inTwo = await last(runner, [prompt.slice(0, half), prompt.slice(half)]);

  runner.clear();
  const steps: Float32Array[] = [];
  for (const id of [...prompt, ...golden.generated_ids]) steps.push(Float32Array.from(await runner.feed([id])));
  const expected = [...golden.logits, ...golden.step_logits];
  const byStep = steps[prompt.length - 1] as Float32Array;

  await last(runner, [prompt]);
  const greedy: number[] = [];
  for (let i = 0; i < golden.generated_ids.length; i++) {
    const id = await runner.next();
    greedy.push(id);
    await runner.feed([id]);
  }
  const continued = golden.generated_ids.slice(0, GENERATED_BEFORE_FOLLOW_UP);
  const followUp = await last(runner, [prompt, ...continued.map((id) => [id]), golden.follow_up_ids]);

  const pairs = expected.map((row, i) => [row, steps[i] as Float32Array] as const);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const lastRow = golden.logits.at(-1) as Float32Array;
  return {
    image_embeds_error: maxError(golden.image_embeds, embeds),
    max_abs_logit_error: Math.max(...pairs.map(([a, b]) => maxError(a, b)), maxError(lastRow, inOneGo)),
    generated_match: greedy.join() === golden.generated_ids.join(),
    kl: mean(pairs.map(([a, b]) => divergence(a, b))),
    top1: mean(pairs.map(([a, b]) => (argmax(a) === argmax(b) ? 1 : 0))),
    follow_up_error: maxError(golden.follow_up_logits, followUp),
    cache_error: Math.max(maxError(inOneGo, inTwo), maxError(inOneGo, byStep)),
  };
}
