/** The adapter that a question names → the decoder that computes its answer; the model's own graph is never changed. */
import { AppError } from '../contract/errors.ts';
import type { ModelFiles, VariantAnswer } from '../contract/manifest.ts';
import { type LoadedParts, openWeights } from './load.ts';
import type { Weights } from './runtime.ts';
import { selfTest } from './self-test.ts';

interface Plan {
  decoder: string;
  /** Beside those of the model. */
  weights: string[];
  answer: VariantAnswer | undefined;
}

/** What a decoder needs beside the weights of the model. */
interface Opened {
  graph: Uint8Array<ArrayBuffer>;
  weights: Weights[];
}

/** What has to be loaded for an adapter, or for none. */
function plan({ manifest, variant }: LoadedParts, id: string | null): Plan {
  if (id === null) return { decoder: variant.decoder, weights: [], answer: undefined };
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
  return { decoder: found.decoder, weights: found.weights, answer: found.answer };
}

/** Keeps one decoder loaded, never two: that of the adapter which the last question asked for. */
export class AdapterSwitch {
  readonly #files: ModelFiles;
  readonly #parts: LoadedParts;
  /** Null for none; undefined when no decoder could be loaded. */
  #on: string | null | undefined = null;

  constructor(files: ModelFiles, parts: LoadedParts) {
    this.#files = files;
    this.#parts = parts;
  }

  /**
   * Makes `id` the adapter that computes, null for none. Nothing is fetched that is here; images stay seen, the KV cache
   * is emptied. What can be found out before is found out before: `request-invalid` and `download-failed` touch nothing.
   * Then the decoder is let go, because two may not fit; when the new one fails (`out-of-memory`, `self-test-failed`,
   * `cancelled`) the one before is loaded again.
   */
  async use(id: string | null, signal?: AbortSignal): Promise<void> {
    if (id === this.#on) return;
    const before = this.#on;
    const wanted = plan(this.#parts, id);
    const opened = await this.#open(wanted, signal);
    try {
      await this.#load(opened);
      if (wanted.answer) await this.#prove(wanted.answer);
      signal?.throwIfAborted();
      this.#on = id;
    } catch (thrown) {
      // Tried again by the next question if it fails too: what went wrong first is what a person should read.
      if (before !== undefined) await this.#restore(before).catch(() => undefined);
      throw thrown;
    }
  }

  async #open({ decoder, weights }: Plan, signal?: AbortSignal): Promise<Opened> {
    const graph = await this.#files.read(decoder, signal);
    return { graph, weights: await openWeights(this.#files, weights, signal) };
  }

  async #load({ graph, weights }: Opened): Promise<void> {
    const { language, runtime, variant } = this.#parts;
    this.#on = undefined;
    await language.letGo();
    // Read tensor by tensor from where they are kept: a heap does not shrink, so their bytes would come on top of it.
    const base = await openWeights(this.#files, variant.weights, undefined, true);
    language.use(await runtime.createSession(graph, [...base, ...weights]));
  }

  async #prove(answer: VariantAnswer): Promise<void> {
    const { manifest, variant, vision, language, cache } = this.#parts;
    await selfTest(manifest, variant.id, vision, language, cache, answer);
  }

  async #restore(id: string | null): Promise<void> {
    // The one that failed goes before the other is read.
    await this.#parts.language.letGo();
    await this.#load(await this.#open(plan(this.#parts, id)));
    this.#on = id;
  }
}
