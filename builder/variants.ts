/** The variants that can be built: for which device, with which weights, computed in which type. */
import { AppError } from '../contract/errors.ts';
import type { Device } from '../contract/backend.ts';
import type { Feature } from '../contract/manifest.ts';
import type { Precision } from './parts/precision.ts';

export interface VariantPlan {
  id: string;
  device: Device;
  needs: Feature[];
  precision: Precision;
}

/** Sizes on which the precision depends. */
export interface ModelSize {
  vocab_size: number;
  hidden_size: number;
}

/** Tables up to this many elements stay at 8 bits in a 4-bit model: they are small, and errors there hurt most. */
const SMALL_TABLE = 16 * 1024 * 1024;
/** From this width on, prefill gains more from int8 dot products than the rounding of activations costs. */
const WIDE = 1024;

export const VARIANT_IDS = [
  'f32',
  'wasm-int8',
  'webgpu-q4f16',
  'webgpu-q4f32',
  'webgpu-q8f16',
  'webgpu-q8f32',
] as const;
export type VariantId = (typeof VARIANT_IDS)[number];

/**
 * The CPU kernel lays out the weight anew in each run, reading it in strips of 16 columns; in a wide matrix each row of a strip
 * lies on a page of its own, and at multiples of 4096 bytes all of them compete for the same lines of the cache. Parts of 768
 * columns take 4.2 ms instead of 9.6 for one token of a 576 x 49152 head; below about 5000 columns there is nothing to gain.
 */
const INT8_PARTS = { from: 5120, columns: 768 };

/** What is built when nothing is asked for. */
export function defaultVariants(bits: 4 | 8): VariantId[] {
  return ['wasm-int8', `webgpu-q${bits}f16`, `webgpu-q${bits}f32`];
}

/** Throws `request-invalid` for an unknown id. */
export function planVariant(id: string, size: ModelSize): VariantPlan {
  const base = { bits: 8, table_bits: 8, accuracy_level: 0, activations: 'float32' } as const;
  if (id === 'f32') return { id, device: 'wasm', needs: [], precision: { ...base, weights: 'float32' } };
  if (id === 'wasm-int8')
    return { id, device: 'wasm', needs: [], precision: { ...base, weights: 'int8', int8_parts: INT8_PARTS } };
  const match = /^webgpu-q(4|8)f(16|32)$/.exec(id);
  if (!match)
    throw new AppError('request-invalid', `There is no variant ${id}. Known are ${VARIANT_IDS.join(', ')}.`, { id });
  const bits = Number(match[1]) as 4 | 8;
  const half = match[2] === '16';
  const smallTable = size.vocab_size * size.hidden_size <= SMALL_TABLE;
  return {
    id,
    device: 'webgpu',
    needs: half ? ['shader-f16'] : [],
    precision: {
      weights: 'blocks',
      bits,
      table_bits: bits === 4 && !smallTable ? 4 : 8,
      activations: half ? 'float16' : 'float32',
      accuracy_level: size.hidden_size >= WIDE ? 4 : 0,
    },
  };
}
