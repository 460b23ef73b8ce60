/** Model files + a runtime → the parts of an engine, proven by the self-test. */
import { AppError } from '../contract/errors.ts';
import type { ModelFiles, ModelManifest, Variant } from '../contract/manifest.ts';
import { KvCache } from './kv-cache.ts';
import { Language } from './language.ts';
import { createTokenizer, type Tokenizer } from './preprocessor/tokenizer.ts';
import type { Runtime, Weights } from './runtime.ts';
import { selfTest } from './self-test.ts';
import { Vision } from './vision.ts';

export interface LoadedParts {
  manifest: ModelManifest;
  variant: Variant;
  runtime: Runtime;
  tokenizer: Tokenizer;
  vision: Vision;
  language: Language;
  cache: KvCache;
  /** Largest absolute logit error of the self-test. */
  selfTestError: number;
}

export interface LoadPartsOptions {
  signal?: AbortSignal | undefined;
  /**
   * Largest logit error of a test that these very bytes have passed here before: it is not run again. Right only where
   * the same code on the same bytes computes the same, which a GPU and its driver do not promise.
   */
  proven?: number | null | undefined;
  /** Called when a step begins. */
  onStep?: ((step: 'prepare' | 'self-test') => void) | undefined;
  /** Tokens of one prefill run, for tests. @default by device */
  prefillChunk?: number | undefined;
}

/** The variant of a manifest by its id. Throws `request-invalid` and names those that exist. */
export function findVariant(manifest: ModelManifest, id: string): Variant {
  const variant = manifest.variants.find((candidate) => candidate.id === id);
  if (variant) return variant;
  const known = manifest.variants.map((candidate) => candidate.id).join(', ');
  throw new AppError('request-invalid', `The model has no variant ${id}. It has: ${known}.`, { variant: id });
}

/** External data of graphs, in memory only as far as it has to be; see `ModelFiles.open`, whose errors it throws. */
export async function openWeights(
  files: ModelFiles,
  paths: readonly string[],
  signal: AbortSignal | undefined,
  sparing = false,
): Promise<Weights[]> {
  const weights: Weights[] = [];
  for (const path of paths) {
    const data = files.open ? await files.open(path, signal, sparing) : await files.read(path, signal);
    weights.push({ path, data });
  }
  return weights;
}

/**
 * Reads the variant's files, creates both sessions and runs the self-test. The runtime stays the caller's, who disposes
 * of it when this throws (`self-test-failed`, `out-of-memory`, `cancelled`, `manifest-invalid`, `backend-failed`).
 */
export async function loadParts(
  files: ModelFiles,
  variant: Variant,
  runtime: Runtime,
  options: LoadPartsOptions = {},
): Promise<LoadedParts> {
  const { manifest } = files;
  const { signal, onStep } = options;
  onStep?.('prepare');
  const tokenizer = createTokenizer(
    await files.read('tokenizer.json', signal),
    await files.read('tokenizer_config.json', signal),
  );
  const weights = await openWeights(files, variant.weights, signal);
  const visionSession = await runtime.createSession(await files.read(variant.vision, signal), weights);
  signal?.throwIfAborted();
  const languageSession = await runtime.createSession(await files.read(variant.decoder, signal), weights);
  // The bytes now live in the runtime; two copies of a large model would not fit.
  weights.length = 0;
  signal?.throwIfAborted();

  const maxLength = manifest.limits.max_length;
  const vision = new Vision(runtime, visionSession, manifest, maxLength);
  const cache = new KvCache(runtime, manifest.architecture, maxLength, variant.activations);
  const language = new Language(runtime, languageSession, manifest, vision, cache, options.prefillChunk);
  if (typeof options.proven !== 'number') onStep?.('self-test');
  const selfTestError = options.proven ?? (await selfTest(manifest, variant.id, vision, language, cache));
  signal?.throwIfAborted();
  return { manifest, variant, runtime, tokenizer, vision, language, cache, selfTestError };
}
