import { describe, expect, test } from 'vitest';
import { reasonText } from '../contract/reasons.ts';
import type { Feature, ModelManifest, Variant } from '../contract/manifest.ts';
import { type GpuFacts, planFallback } from './fallback-order.ts';

const variant = (id: string, device: Variant['device'], bytes: number, needs: Feature[] = []): Variant => ({
  id,
  device,
  needs,
  bytes,
  vision: '',
  decoder: '',
  weights: [],
  activations: 'float32',
});
const manifest = {
  variants: [
    variant('f32', 'wasm', 400),
    variant('wasm-int8', 'wasm', 100),
    variant('webgpu-q4f32', 'webgpu', 60),
    variant('webgpu-q4f16', 'webgpu', 60, ['shader-f16']),
  ],
} as ModelManifest;
const gpu = (changes: Partial<GpuFacts> = {}): GpuFacts => ({
  fallback: false,
  features: new Set(['shader-f16', 'subgroups']),
  safeSubgroups: true,
  ...changes,
});
const ids = (request: Parameters<typeof planFallback>[1], facts: GpuFacts | null) =>
  planFallback(manifest, request, facts).candidates.map(({ id }) => id);

describe('planFallback', () => {
  test('a GPU first, half precision before single, then the smallest wasm variant', () => {
    expect(ids({}, gpu())).toEqual(['webgpu-q4f16', 'webgpu-q4f32', 'wasm-int8', 'f32']);
  });

  test('without shader-f16 the half precision variant is skipped with its reason', () => {
    const plan = planFallback(manifest, {}, gpu({ features: new Set() }));
    expect(plan.candidates.map(({ id }) => id)).toEqual(['webgpu-q4f32', 'wasm-int8', 'f32']);
    expect(plan.reasons.map(reasonText).join(' ')).toContain('webgpu-q4f16 needs shader-f16');
  });

  test('a software adapter counts as none, unless WebGPU was asked for', () => {
    const software = gpu({ fallback: true, features: new Set(), safeSubgroups: false });
    expect(ids({}, software)).toEqual(['wasm-int8', 'f32']);
    expect(planFallback(manifest, {}, software).reasons.map(reasonText).join(' ')).toContain('emulated');
    expect(ids({ device: 'webgpu' }, software)).toEqual(['webgpu-q4f32']);
    expect(ids({ variant: 'webgpu-q4f32' }, software)).toEqual(['webgpu-q4f32']);
  });

  test('no adapter: the CPU, or a named error when WebGPU was asked for', () => {
    expect(ids({}, null)).toEqual(['wasm-int8', 'f32']);
    expect(() => ids({ device: 'webgpu' }, null)).toThrow(expect.objectContaining({ code: 'webgpu-missing' }));
  });

  test('forced choices', () => {
    expect(ids({ device: 'wasm' }, gpu())).toEqual(['wasm-int8', 'f32']);
    expect(ids({ variant: 'f32' }, gpu())).toEqual(['f32']);
    expect(() => ids({ variant: 'nope' }, gpu())).toThrow(expect.objectContaining({ code: 'request-invalid' }));
    const gpuOnly = { variants: [variant('webgpu-q4f16', 'webgpu', 60, ['shader-f16'])] } as ModelManifest;
    expect(() => planFallback(gpuOnly, {}, gpu({ features: new Set() }))).toThrow(
      expect.objectContaining({ code: 'model-unsupported' }),
    );
  });
});
