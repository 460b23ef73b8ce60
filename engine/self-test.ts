/** The manifest's known answer → proof that this device computes this model correctly, or a named error. */
import { AppError, type Evidence } from '../contract/errors.ts';
import type { ModelManifest, VariantAnswer } from '../contract/manifest.ts';
import type { KvCache } from './kv-cache.ts';
import type { Language } from './language.ts';
import { asFloat32 } from './runtime.ts';
import type { Vision } from './vision.ts';

/** The image that every model is tested with: pixel_values[i] = sin(i * 0.37) * 0.5. */
export function testImage(imageSize: number): Float32Array {
  return Float32Array.from({ length: 3 * imageSize * imageSize }, (_, i) => Math.sin(i * 0.37) * 0.5);
}

/** Tokens that are decoded one by one in every test: other kernels than those of a prefill. */
const DECODE_STEPS = 4;

/** Largest absolute difference; infinite when a computed value is not a number. */
function largestError(expected: readonly number[], computed: (index: number) => number): number {
  let largest = 0;
  for (const [index, value] of expected.entries()) {
    const error = Math.abs(computed(index) - value);
    if (!(error <= largest)) largest = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return largest;
}

/**
 * Encodes the test image, prefills the test prompt and decodes along the expected ids, or the prompt's end again.
 * Returns the largest logit error. Throws `self-test-failed` when it exceeds the variant's tolerance, or when an
 * expected id is so far from the top that no error within the tolerance explains it. Warms the graphs up on the way.
 * @param answer what an adapter's decoder is held to, instead of the variant's own
 */
export async function selfTest(
  manifest: ModelManifest,
  variantId: string,
  vision: Vision,
  language: Language,
  cache: KvCache,
  answer?: VariantAnswer,
): Promise<number> {
  const test = manifest.self_test;
  // Where the builder ran this very graph, its answer is the measure: quantisation is then no part of the error.
  const { probe_logits, next_ids, tolerance } = answer ??
    test.by_variant?.[variantId] ?? {
      ...test,
      tolerance: test.tolerance[variantId],
    };
  if (tolerance === undefined) {
    throw new AppError('manifest-invalid', `The model has no self-test tolerance for ${variantId}.`, { variantId });
  }
  const fail = (what: string, evidence: Evidence) =>
    new AppError('self-test-failed', `This device computes wrong answers with this model (${what}).`, {
      variant: variantId,
      tolerance,
      ...evidence,
    });
  const vocabSize = manifest.architecture.vocab_size;
  // The first image of an empty table: rows of the test prompt are vocab_size + row, as in the manifest.
  const number = vision.numberOf('self-test');
  let embedError = 0;
  if (!vision.has(number)) {
    await vision.encode(number, [testImage(manifest.processor.image_size)], []);
    const embeds = asFloat32(await vision.readLast());
    embedError = largestError(test.image_embeds, (i) => embeds[i]!);
    if (!Number.isFinite(embedError)) throw fail('picture features are no numbers', {});
  }

  cache.clear();
  const first = vision.firstIdOf(number);
  const ids = test.input_ids.map((id) => (id < vocabSize ? id : id - vocabSize + first));
  await language.prefill(ids);
  let logits = await language.logits();
  let logitError = 0;
  const checkLogits = (what: string): void => {
    const error = largestError(probe_logits, (i) => logits[test.probe_ids[i]!]!);
    if (!(error <= tolerance)) throw fail(what, { logit_error: error, image_embeds_error: embedError });
    logitError = Math.max(logitError, error);
  };
  checkLogits('prefill');
  if (next_ids.length <= DECODE_STEPS) {
    // Of a large model the builder knows one next token. The end of the prompt, token by token, has the same answer.
    const last = ids.slice(-DECODE_STEPS);
    cache.reuse(ids.slice(0, ids.length - last.length + 1));
    for (const id of last) await language.step([id]);
    logits = await language.logits();
    checkLogits('decode');
  }

  for (const [step, id] of next_ids.entries()) {
    if (step > 0) logits = await language.logits();
    const top = await language.nextToken();
    const gap = logits[top]! - logits[id]!;
    // Each of the two logits may be off by the tolerance; a larger gap means that the device is wrong.
    if (!(gap <= 2 * tolerance))
      throw fail('decode', { step, expected: id, got: top, gap: Number.isNaN(gap) ? null : gap });
    if (step + 1 < next_ids.length) await language.step([id]);
  }
  cache.clear();
  return logitError;
}
