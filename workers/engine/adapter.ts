/** The adapter that a question names → the decoder that computes its answer; the model's own graph is never changed. */
import { AppError } from '../../contract/errors.ts';
import type { ModelFiles } from '../../contract/manifest.ts';
import type { LoadedParts } from './load.ts';
import type { Weights } from './runtime.ts';
import { selfTest } from './self-test.ts';

/** What has to be loaded for an adapter, or for none. */
function plan({ manifest, variant }: LoadedParts, id: string | null) {
  if (id === null) return { decoder: variant.decoder, weights: variant.weights, answer: undefined };
  const adapter = manifest.adapters?.find((candidate) => candidate.id === id);
  if (!adapter) {
    const known = manifest.adapters?.map((candidate) => candidate.id).join(', ') || 'none';
    throw new AppError('request-invalid', `The model has no adapter ${id}. It has: ${known}.`, { adapter: id });
  }
  const found = adapter.variants.find((candidate) => candidate.variant === variant.id);
  if (!found) {
    const message = `The adapter ${id} was not built for ${variant.id}.`;
    throw new AppError('request-invalid', message, { adapter: id, variant: variant.id });
  }
  return { decoder: found.decoder, weights: [...variant.weights, ...found.weights], answer: found.answer };
}

/** Keeps one decoder loaded: that of the adapter which the last question asked for. */
export class AdapterSwitch {
  readonly #files: ModelFiles;
  readonly #parts: LoadedParts;
  #on: string | null = null;

  constructor(files: ModelFiles, parts: LoadedParts) {
    this.#files = files;
    this.#parts = parts;
  }

  /**
   * Makes `id` the adapter that computes, null for none. Nothing is fetched that is here; pictures stay seen, the KV cache
   * is emptied. The decoder before it is let go only when the new one has given its known answer: a failure
   * (`request-invalid`, `download-failed`, `out-of-memory`, `self-test-failed`, `cancelled`) changes nothing.
   */
  async use(id: string | null, signal?: AbortSignal): Promise<void> {
    if (id === this.#on) return;
    const { manifest, variant, runtime, vision, language, cache } = this.#parts;
    const { decoder, weights: paths, answer } = plan(this.#parts, id);
    const weights: Weights[] = [];
    for (const path of paths) weights.push({ path, data: await this.#files.read(path, signal) });
    const session = await runtime.createSession(await this.#files.read(decoder, signal), weights);
    const old = language.exchange(session);
    try {
      if (answer) await selfTest(manifest, variant.id, vision, language, cache, answer);
      signal?.throwIfAborted();
    } catch (thrown) {
      await language.exchange(old).release();
      throw thrown;
    }
    this.#on = id;
    await old.release();
  }
}
