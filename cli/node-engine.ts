/** A model folder on disk → a loaded engine in Node, on the CPU through ONNX Runtime's WebAssembly. */
import type { ModelManifest, Variant } from '../contract/manifest.ts';
import { AppError } from '../contract/errors.ts';
import { Engine } from '../workers/engine/engine.ts';
import { findVariant } from '../workers/engine/load.ts';
import { createWasmRuntime } from '../workers/ort.ts';
import { openModelFolder } from './node-files.ts';
import { decodeImage } from './node-image.ts';

export interface NodeEngineOptions {
  /** Model folder. */
  model: string;
  /** Variant id. @default the first variant for the CPU */
  variant?: string | undefined;
  signal?: AbortSignal | undefined;
}

function cpuVariant(manifest: ModelManifest): Variant {
  const variant = manifest.variants.find(({ device }) => device === 'wasm');
  if (variant) return variant;
  const known = manifest.variants.map(({ id }) => id).join(', ');
  throw new AppError('model-unsupported', `The model has no variant for the CPU. It has: ${known}.`, {});
}

/** Throws what opening the folder or loading the engine throws; `request-invalid` for an unknown variant. */
export async function openEngine({ model, variant, signal }: NodeEngineOptions): Promise<Engine> {
  const files = await openModelFolder(model);
  const chosen = variant === undefined ? cpuVariant(files.manifest) : findVariant(files.manifest, variant);
  const runtime = await createWasmRuntime();
  const decode = async (image: Blob) => decodeImage(new Uint8Array(await image.arrayBuffer()));
  try {
    return await Engine.load({ files, variant: chosen, runtime, decode, signal });
  } catch (thrown) {
    await runtime.dispose();
    throw thrown;
  }
}
