/** A built variant's files and a runtime → an object that sees pictures and continues ids, with the code that ships. */
import type { Source } from '../contract/files.ts';
import type { ModelManifest, Variant } from '../contract/manifest.ts';
import { KvCache } from '../engine/kv-cache.ts';
import { Language } from '../engine/language.ts';
import { asFloat32, type Runtime } from '../engine/runtime.ts';
import { Vision } from '../engine/vision.ts';

/** Where a built model lies, and what runs it. */
export interface Trial {
  files: Source;
  /** A new runtime on the CPU: one for each variant that is tried. */
  createRuntime: () => Promise<Runtime>;
}

export interface Runner {
  /** Encodes one picture (pixel_values [3, H, W]); its rows are image slots vocab_size + row from now on. */
  see(pixels: Float32Array): Promise<Float32Array>;
  /** Forgets all tokens. */
  clear(): void;
  /** Runs ids behind the held ones; logits of the last position, [vocab_size]. */
  feed(ids: readonly number[]): Promise<Float32Array>;
  /** The graph's own argmax of the last run. */
  next(): Promise<number>;
  dispose(): Promise<void>;
}

/**
 * Loads a variant. The manifest's self-test is not needed yet.
 * @param chunk tokens of one graph run at most; @default the engine's own, which int8 activations depend on
 */
export async function openVariant(
  { files, createRuntime }: Trial,
  body: Pick<ModelManifest, 'architecture' | 'processor' | 'limits'>,
  variant: Pick<Variant, 'vision' | 'decoder' | 'weights' | 'activations'>,
  chunk?: number,
): Promise<Runner> {
  const runtime = await createRuntime();
  try {
    const weights = await Promise.all(variant.weights.map(async (path) => ({ path, data: await files.read(path) })));
    const visionSession = await runtime.createSession(await files.read(variant.vision), weights);
    const decoderSession = await runtime.createSession(await files.read(variant.decoder), weights);
    const manifest = body as ModelManifest;
    const maxLength = body.limits.max_length;
    const vision = new Vision(runtime, visionSession, manifest, maxLength);
    const cache = new KvCache(runtime, body.architecture, maxLength, variant.activations);
    const language = new Language(runtime, decoderSession, manifest, vision, cache, chunk);
    let pictures = 0;
    return {
      see: async (pixels) => {
        await vision.encode(vision.numberOf(`picture ${pictures++}`), [pixels], []);
        return asFloat32(await vision.readLast());
      },
      clear: () => cache.clear(),
      feed: async (ids) => {
        await language.prefill(ids);
        return language.logits();
      },
      next: () => language.nextToken(),
      dispose: () => runtime.dispose(),
    };
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}
