/** A manifest's variants + what this browser offers → the order in which to try them, and why. */
import type { Device } from '../contract/backend.ts';
import { AppError } from '../contract/errors.ts';
import type { ModelManifest, Variant } from '../contract/manifest.ts';
import { errorFor, type Reason } from '../contract/reasons.ts';
import { isInsecure, noWebGpu } from '../contract/secure-context.ts';

/** What is known of the GPU before anything is loaded. */
export interface GpuFacts {
  /** A software adapter: right, but far slower than wasm. */
  fallback: boolean;
  /** Names as WebGPU has them. */
  features: ReadonlySet<string>;
  /** Whether attention with the adapter's subgroups computes right. */
  safeSubgroups: boolean;
}

export interface DeviceRequest {
  device?: Device | undefined;
  variant?: string | undefined;
}

export interface FallbackPlan {
  candidates: Variant[];
  /** What was asked for, and why variants are skipped. */
  reasons: Reason[];
}

/** Fastest first: half precision before single, then fewer bytes. */
function bySpeed(a: Variant, b: Variant): number {
  return b.needs.length - a.needs.length || a.bytes - b.bytes;
}

/**
 * Decides what to try. `gpu` is null when the browser has no usable WebGPU adapter.
 * Throws `webgpu-missing` when WebGPU was asked for and is not there, `request-invalid` for an unknown variant,
 * `model-unsupported` when no variant can run here.
 */
export function planFallback(manifest: ModelManifest, request: DeviceRequest, gpu: GpuFacts | null): FallbackPlan {
  const reasons: Reason[] = [];
  const { device, variant } = request;
  let variants = manifest.variants;
  if (variant !== undefined) {
    variants = variants.filter(({ id }) => id === variant);
    if (variants.length === 0) {
      const known = manifest.variants.map(({ id }) => id).join(', ');
      throw new AppError('request-invalid', `The model has no variant ${variant}. It has: ${known}.`, { variant });
    }
    reasons.push({ reason: 'variantAsked', values: { variant } });
  } else if (device !== undefined) {
    reasons.push({ reason: 'deviceAsked', values: { device: deviceName(device) } });
  }
  const wanted = variants.filter((item) => device === undefined || item.device === device);
  const forced = device === 'webgpu' || variant !== undefined;
  const onGpu = wanted.filter((item) => item.device === 'webgpu').sort(bySpeed);
  const onCpu = wanted.filter((item) => item.device === 'wasm').sort(bySpeed);
  const gpuCandidates = onGpu.length === 0 ? [] : usableOnGpu(onGpu, gpu, forced, reasons);
  if (gpuCandidates.length === 0 && onCpu.length === 0) {
    if (onGpu.length > 0 && gpu === null) throw noWebGpu();
    const nothing = { reason: 'noVariant', values: { why: reasons } } as const;
    throw errorFor('model-unsupported', nothing, { variants: manifest.variants.length });
  }
  return { candidates: [...gpuCandidates, ...onCpu], reasons };
}

function usableOnGpu(variants: Variant[], gpu: GpuFacts | null, forced: boolean, reasons: Reason[]): Variant[] {
  if (gpu === null) {
    reasons.push({ reason: isInsecure() ? 'insecureGpu' : 'noWebgpu', values: {} });
    return [];
  }
  if (gpu.fallback && !forced) {
    reasons.push({ reason: 'emulated', values: {} });
    return [];
  }
  if (!gpu.safeSubgroups) reasons.push({ reason: 'subgroups', values: {} });
  return variants.filter(({ id, needs }) => {
    const features = needs.filter((feature) => !gpu.features.has(feature));
    if (features.length > 0) reasons.push({ reason: 'lacks', values: { variant: id, features } });
    return features.length === 0;
  });
}

function deviceName(device: Device): string {
  return device === 'webgpu' ? 'WebGPU' : 'WebAssembly';
}
