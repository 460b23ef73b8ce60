/** A manifest on this device → the adapter's facts, and the files that a variant needs. */
import type { ModelManifest, Variant } from '../contract/manifest.ts';
import type { GpuFacts } from './fallback-order.ts';
import { subgroupsAreSafe } from './gpu-device.ts';

const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json'];

export async function requestAdapter(): Promise<GPUAdapter | null> {
  try {
    return (await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
  } catch {
    return null; // a browser that blocks WebGPU may throw instead of answering null
  }
}

export function factsOf(adapter: GPUAdapter): GpuFacts {
  const { info, features } = adapter;
  return {
    fallback: info.isFallbackAdapter === true,
    features: new Set<string>(features),
    safeSubgroups: subgroupsAreSafe(adapter),
  };
}

/** Paths of all files that `variant` needs, each once. */
export function pathsOf({ files }: ModelManifest, variant: Variant): string[] {
  const listed = new Set(files.map(({ path }) => path));
  const tokenizer = TOKENIZER_FILES.filter((path) => listed.has(path));
  return [...new Set([...tokenizer, variant.vision, variant.decoder, ...variant.weights])];
}

/** Paths of what all adapters of `variant` need beside its own files. */
export function adapterPathsOf({ adapters = [] }: ModelManifest, variant: Variant): string[] {
  const items = adapters.flatMap(({ variants }) => variants.filter((item) => item.variant === variant.id));
  return [...new Set(items.flatMap(({ decoder, weights }) => [decoder, ...weights]))];
}
