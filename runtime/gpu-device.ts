/** A WebGPU adapter → a device with what the graphs profit from and without what computes wrong. */
import { AppError } from '../contract/errors.ts';

/** Without subgroups of at least this size attention over more than 32 tokens is wrong. */
const SMALLEST_SAFE_SUBGROUP = 8;

/** Limits worth raising to what the adapter has; a WebGPU device starts with small defaults. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** Whether attention that uses this adapter's subgroups computes right. */
export function subgroupsAreSafe(adapter: GPUAdapter): boolean {
  const { subgroupMinSize } = adapter.info;
  return adapter.features.has('subgroups') && (subgroupMinSize ?? 0) >= SMALLEST_SAFE_SUBGROUP;
}

/** A device with the features and limits that the graphs profit from. Throws `webgpu-missing`. */
export async function requestGpuDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const features: GPUFeatureName[] = [];
  if (adapter.features.has('shader-f16')) features.push('shader-f16');
  if (subgroupsAreSafe(adapter)) features.push('subgroups');
  const requiredLimits: Record<string, number> = {};
  for (const limit of LIMITS) requiredLimits[limit] = adapter.limits[limit];
  try {
    return await adapter.requestDevice({ requiredFeatures: features, requiredLimits });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('webgpu-missing', 'The GPU refused to work with this page.', { detail }, cause);
  }
}
