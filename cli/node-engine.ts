/** A model folder on disk → a loaded engine in Node, on the CPU through ONNX Runtime's WebAssembly. */
import type { ModelManifest, Variant } from '../contract/manifest.ts';
import { AppError } from '../contract/errors.ts';
import { planFallback } from '../runtime/fallback-order.ts';
import { Engine } from '../engine/engine.ts';
import { findVariant } from '../engine/load.ts';
import { createWasmRuntime } from '../runtime/ort.ts';
import { PictureDecoder } from './decoder.ts';
import { openModelFolder } from './node-files.ts';
import type { PictureLimits } from './node-image.ts';

export interface NodeEngineOptions {
  /** Model folder. */
  model: string;
  /** Variant id; one that is meant for WebGPU is run on the CPU. @default what the page takes without WebGPU */
  variant?: string | undefined;
  /** What a picture may take to be opened. @default as much as the page allows */
  pictures?: PictureLimits | undefined;
  signal?: AbortSignal | undefined;
}

function chooseVariant(manifest: ModelManifest, id: string | undefined): Variant {
  if (id !== undefined) return findVariant(manifest, id);
  const [first] = planFallback(manifest, { device: 'wasm' }, null).candidates;
  if (first) return first;
  throw new AppError('model-unsupported', 'The model has no variant for the CPU. Name one with --variant.', {});
}

/** Throws what opening the folder or loading the engine throws; `request-invalid` for an unknown variant. */
export async function openEngine({ model, variant, pictures, signal }: NodeEngineOptions): Promise<Engine> {
  const files = await openModelFolder(model);
  const chosen = chooseVariant(files.manifest, variant);
  const runtime = await createWasmRuntime();
  const decoder = new PictureDecoder(pictures);
  const decode = (image: Blob, stop?: AbortSignal) => decoder.decode(image, stop);
  try {
    return await Engine.load({ files, variant: chosen, runtime, decode, signal });
  } catch (thrown) {
    await runtime.dispose();
    throw thrown;
  }
}
