/** The manifest's self_test, checked against the model it belongs to. */
import type { Field } from './fields.ts';
import type { SelfTest, Variant, VariantAnswer } from './manifest.ts';
import { ids, numbers } from './manifest-fields.ts';

const MAX_EMBEDS = 1 << 16;
const MAX_ROWS = 1 << 20;

/** Throws `manifest-invalid`. */
export function parseSelfTest(
  test: Field,
  vocabSize: number,
  maxLength: number,
  variants: readonly Variant[],
): SelfTest {
  test.only(['input_ids', 'next_ids', 'probe_ids', 'probe_logits', 'image_embeds', 'tolerance'], ['by_variant']);
  // An image slot is vocab_size + row, so ids reach beyond the vocabulary.
  const input_ids = ids(test.get('input_ids'), 1, vocabSize + MAX_ROWS);
  const next_ids = ids(test.get('next_ids'), 1, vocabSize);
  if (input_ids.length + next_ids.length > maxLength) test.get('input_ids').fail('is longer than limits.max_length');
  const probe_ids = ids(test.get('probe_ids'), 1, vocabSize);
  const probes = probe_ids.length;
  const probe_logits = numbers(test.get('probe_logits'), probes, probes);
  const image_embeds = numbers(test.get('image_embeds'), MAX_EMBEDS, 1);
  const tolerances = test.get('tolerance');
  const tolerance: Record<string, number> = {};
  for (const { id } of variants) tolerance[id] = tolerances.get(id).real(0, 1e6);
  for (const [id, field] of tolerances.entries())
    if (!Object.hasOwn(tolerance, id)) field.fail('belongs to no variant');
  const answers = test.pick({}, { by_variant: (field: Field) => parseAnswers(field, vocabSize, probes, tolerance) });
  return { input_ids, next_ids, probe_ids, probe_logits, image_embeds, tolerance, ...answers };
}

function parseAnswers(
  field: Field,
  vocabSize: number,
  probes: number,
  variants: Readonly<Record<string, number>>,
): Record<string, VariantAnswer> {
  const answers: Record<string, VariantAnswer> = {};
  for (const [id, answer] of field.entries()) {
    if (!Object.hasOwn(variants, id)) answer.fail('belongs to no variant');
    answers[id] = parseAnswer(answer, vocabSize, probes);
  }
  return answers;
}

/** What one graph computes for the self-test's prompt, at its `probes` ids. */
export function parseAnswer(answer: Field, vocabSize: number, probes: number): VariantAnswer {
  return answer.exactly({
    next_ids: (field) => ids(field, 1, vocabSize),
    probe_logits: (field) => numbers(field, probes, probes),
    tolerance: (field) => field.real(0, 1e6),
  });
}
