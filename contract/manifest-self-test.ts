/** The manifest's self_test, checked against the model it belongs to. */
import type { SelfTest, Variant, VariantAnswer } from './manifest.ts';
import { fail, finite, ids, numbers, object, own, record } from './manifest-fields.ts';

const MAX_EMBEDS = 1 << 16;
const MAX_ROWS = 1 << 20;

/** Throws `manifest-invalid`. */
export function parseSelfTest(
  value: unknown,
  vocabSize: number,
  maxLength: number,
  variants: readonly Variant[],
): SelfTest {
  const keys = ['input_ids', 'next_ids', 'probe_ids', 'probe_logits', 'image_embeds', 'tolerance'];
  const test = object(value, 'self_test', keys, ['by_variant']);
  // An image slot is vocab_size + row, so ids reach beyond the vocabulary.
  const input_ids = ids(test['input_ids'], 'self_test.input_ids', 1, vocabSize + MAX_ROWS);
  const next_ids = ids(test['next_ids'], 'self_test.next_ids', 1, vocabSize);
  if (input_ids.length + next_ids.length > maxLength) fail('self_test.input_ids', 'is longer than limits.max_length');
  const probe_ids = ids(test['probe_ids'], 'self_test.probe_ids', 1, vocabSize);
  const probe_logits = numbers(test['probe_logits'], 'self_test.probe_logits', probe_ids.length, probe_ids.length);
  const image_embeds = numbers(test['image_embeds'], 'self_test.image_embeds', MAX_EMBEDS, 1);
  const tolerances = record(test['tolerance'], 'self_test.tolerance');
  const tolerance: Record<string, number> = {};
  for (const { id } of variants) tolerance[id] = finite(own(tolerances, id), `self_test.tolerance.${id}`, 0, 1e6);
  for (const id of Object.keys(tolerances))
    if (!Object.hasOwn(tolerance, id)) fail(`self_test.tolerance.${id}`, 'belongs to no variant');
  const given = own(test, 'by_variant');
  const answers =
    given === undefined ? {} : { by_variant: parseAnswers(given, vocabSize, probe_ids.length, tolerance) };
  return { input_ids, next_ids, probe_ids, probe_logits, image_embeds, tolerance, ...answers };
}

function parseAnswers(
  value: unknown,
  vocabSize: number,
  probes: number,
  variants: Readonly<Record<string, number>>,
): Record<string, VariantAnswer> {
  const answers: Record<string, VariantAnswer> = {};
  for (const [id, item] of Object.entries(record(value, 'self_test.by_variant'))) {
    const field = `self_test.by_variant.${id}`;
    if (!Object.hasOwn(variants, id)) fail(field, 'belongs to no variant');
    answers[id] = parseAnswer(item, field, vocabSize, probes);
  }
  return answers;
}

/** What one graph computes for the self-test's prompt, at its `probes` ids. */
export function parseAnswer(value: unknown, field: string, vocabSize: number, probes: number): VariantAnswer {
  const answer = object(value, field, ['next_ids', 'probe_logits', 'tolerance']);
  return {
    next_ids: ids(answer['next_ids'], `${field}.next_ids`, 1, vocabSize),
    probe_logits: numbers(answer['probe_logits'], `${field}.probe_logits`, probes, probes),
    tolerance: finite(answer['tolerance'], `${field}.tolerance`, 0, 1e6),
  };
}
