/** Computes the manifest's known answer in float32, and how far each variant may stray from it. */
import type { Adapter, AdapterVariant, SelfTest, Variant, VariantAnswer } from '../contract/manifest.ts';
import { testImage } from '../engine/self-test.ts';
import { withAdapter } from './adapters.ts';
import type { ManifestBody } from './emit/manifest.ts';
import type { Precision } from './parts/precision.ts';
import { argmax } from './golden.ts';
import { openVariant, type Trial } from './runner.ts';
import type { Model } from './families/model.ts';
import { streamedAnswer } from './streamed.ts';

/** Text ids on each side of the picture, continuation length, and how many logits are compared. */
const TEXT_IDS = 12;
const NEXT_IDS = 8;
const PROBES = 32;
const EMBED_PROBES = 16;
/** A device may differ from the builder's CPU by this share of the variant's own error. */
const SLACK = 2;
/** float32 elsewhere: sums in another order, another tanh. Multiplies the logits' size, as the two below do. */
const FLOAT_SLACK = 2e-3;
/** float16 rounds every sum to 11 bits, where this CPU computed in float32. */
const HALF_SLACK = 5e-2;
/** Activations that are rounded to int8 may fall on another step. */
const INT8_SLACK = 5e-2;

interface Answer {
  next_ids: number[];
  logits: Float32Array;
  image_embeds: Float32Array;
}

/** Ids spread over the vocabulary by a fixed formula, the picture's rows in the middle. */
export function selfTestPrompt(vocabSize: number, imageTokens: number): number[] {
  const id = (i: number): number => (i * 7919 + 13) % vocabSize;
  const before = Array.from({ length: TEXT_IDS }, (_, i) => id(i));
  const rows = Array.from({ length: imageTokens }, (_, row) => vocabSize + row);
  return [...before, ...rows, ...Array.from({ length: TEXT_IDS }, (_, i) => id(TEXT_IDS + i))];
}

async function answer(
  trial: Trial,
  body: ManifestBody,
  variant: Pick<Variant, 'vision' | 'decoder' | 'weights' | 'activations'>,
  prompt: readonly number[],
): Promise<Answer> {
  const runner = await openVariant(trial, body, variant);
  try {
    const image_embeds = await runner.see(testImage(body.processor.image_size));
    const logits = await runner.feed(prompt);
    const next_ids = [await runner.next()];
    while (next_ids.length < NEXT_IDS) {
      await runner.feed(next_ids.slice(-1));
      next_ids.push(await runner.next());
    }
    return { next_ids, logits, image_embeds };
  } finally {
    await runner.dispose();
  }
}

/** The likeliest ids, and as many spread over the rest: a wrong kernel shows in both. */
function chooseProbes(logits: Float32Array): number[] {
  const order = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number));
  const step = Math.max(1, Math.floor(order.length / PROBES));
  const spread = order.filter((_, rank) => rank % step === 0).slice(0, PROBES / 2);
  return [...new Set([...order.slice(0, PROBES / 2), ...spread])].sort((a, b) => a - b);
}

/**
 * @param reference the float32 variant, which need not be part of the model
 */
export async function computeSelfTest(
  trial: Trial,
  body: ManifestBody,
  reference: Pick<Variant, 'id' | 'vision' | 'decoder' | 'weights' | 'activations'>,
  slack: (variant: string) => number,
  onProgress?: (done: number, total: number) => void,
): Promise<SelfTest> {
  const { vocab_size } = body.architecture;
  const input_ids = selfTestPrompt(vocab_size, body.processor.image_tokens);
  const total = body.variants.length + 1;
  onProgress?.(0, total);
  const expected = await answer(trial, body, reference, input_ids);
  const probe_ids = chooseProbes(expected.logits);
  const tolerance: Record<string, number> = {};
  const by_variant: Record<string, VariantAnswer> = {};
  const size = Math.max(1, rms(expected.logits));
  for (const [i, variant] of body.variants.entries()) {
    onProgress?.(i + 1, total);
    const own = variant.id === reference.id ? expected : await answer(trial, body, variant, input_ids);
    const errors = probe_ids.map((id) => Math.abs((own.logits[id] as number) - (expected.logits[id] as number)));
    tolerance[variant.id] = roundUp(Math.max(...errors) * SLACK + FLOAT_SLACK * size);
    by_variant[variant.id] = {
      next_ids: own.next_ids,
      probe_logits: probe_ids.map((id) => own.logits[id] as number),
      tolerance: roundUp(slack(variant.id) * size),
    };
  }
  onProgress?.(total, total);
  return {
    input_ids,
    next_ids: expected.next_ids,
    probe_ids,
    probe_logits: probe_ids.map((id) => expected.logits[id] as number),
    image_embeds: [...expected.image_embeds.subarray(0, EMBED_PROBES)],
    tolerance,
    by_variant,
  };
}

/** The adapter with what each of its graphs makes of the same prompt; a device may stray from it as from its variant's. */
export async function computeAdapterAnswers(
  trial: Trial,
  body: ManifestBody,
  adapter: Adapter,
  { input_ids, probe_ids, by_variant }: SelfTest,
): Promise<Adapter> {
  const variants: AdapterVariant[] = [];
  for (const item of adapter.variants) {
    const variant = body.variants.find(({ id }) => id === item.variant);
    const tolerance = by_variant?.[item.variant]?.tolerance;
    if (!variant || tolerance === undefined) throw new Error(`${item.variant} has no known answer`);
    const { next_ids, logits } = await answer(trial, body, withAdapter(variant, item), input_ids);
    const probe_logits = probe_ids.map((id) => logits[id] as number);
    variants.push({ ...item, answer: { next_ids, probe_logits, tolerance } });
  }
  return { ...adapter, variants };
}

/** Rows of the picture in the prompt of a large model: every layer runs once more for each, in float32. */
const LARGE_ROWS = 16;
/** What quantisation may cost a large model, in units of the logits' size. */
const LARGE_TOLERANCE = 0.5;

/**
 * The known answer of a model that is too large to be loaded here: float32, layer by layer, one next id.
 * What its variants compute is not known, so their tolerance is a rule of thumb and there is no `by_variant`.
 */
export async function computeLargeSelfTest(
  { createRuntime }: Pick<Trial, 'createRuntime'>,
  body: ManifestBody,
  model: Model,
  onProgress?: (done: number, total: number) => void,
): Promise<SelfTest> {
  const { architecture, processor } = body;
  const input_ids = selfTestPrompt(architecture.vocab_size, Math.min(LARGE_ROWS, processor.image_tokens));
  const pixels = testImage(processor.image_size);
  const { image_embeds, logits } = await streamedAnswer(createRuntime, model, pixels, input_ids, onProgress);
  onProgress?.(1, 1);
  const probe_ids = chooseProbes(logits);
  const size = Math.max(1, rms(logits));
  const tolerance = (id: string): number => roundUp((id === 'f32' ? FLOAT_SLACK : LARGE_TOLERANCE) * size);
  return {
    input_ids,
    next_ids: [argmax(logits)],
    probe_ids,
    probe_logits: probe_ids.map((id) => logits[id] as number),
    image_embeds: [...image_embeds.subarray(0, EMBED_PROBES)],
    tolerance: Object.fromEntries(body.variants.map(({ id }) => [id, tolerance(id)])),
  };
}

/** How far another device may stray from what this CPU computes with the same graph, in units of the logits' size. */
export function deviceSlack({ weights, activations, accuracy_level }: Precision): number {
  if (activations === 'float16') return HALF_SLACK;
  return weights === 'int8' || (weights === 'blocks' && accuracy_level === 4) ? INT8_SLACK : FLOAT_SLACK;
}

function rms(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

/** Two significant digits, upwards: more would pretend to a precision that the rule does not have. */
function roundUp(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(value / unit) * unit).toPrecision(2));
}
