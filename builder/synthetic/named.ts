/** The shapes of models that are too large to keep here, for measuring sizes, time and memory with random weights. */
import type { Shape, VisionShape } from './shape.ts';

/** SigLIP-SO400M with 14-pixel patches at 384 pixels: the tower of every published Mipha. */
const SO400M: VisionShape = { kind: 'siglip', hidden: 1152, inner: 4304, layers: 27, heads: 16, image: 384, patch: 14 };
/** SigLIP-B with 16-pixel patches at 224 pixels. */
const SIGLIP_B: VisionShape = {
  kind: 'siglip',
  hidden: 768,
  inner: 3072,
  layers: 12,
  heads: 12,
  image: 224,
  patch: 16,
};

const CLIP_L_336: VisionShape = {
  kind: 'clip',
  hidden: 1024,
  inner: 4096,
  layers: 24,
  heads: 16,
  image: 336,
  patch: 14,
};

export const NAMED_SHAPES = {
  /** About 135 million parameters in the language model: as wide and deep as the smallest models people run in pages. */
  '135m': {
    layout: 'mipha',
    language: {
      kind: 'phi',
      vocab: 49152,
      hidden: 576,
      inner: 1536,
      layers: 30,
      heads: 9,
      kv_heads: 9,
      head_dim: 64,
      rotary: 0.5,
      tied: false,
      max_length: 2048,
    },
    vision: SIGLIP_B,
  },
  'mipha-1.6b': {
    layout: 'mipha',
    language: {
      kind: 'phi-fused',
      vocab: 51200,
      hidden: 2048,
      inner: 8192,
      layers: 24,
      heads: 32,
      kv_heads: 32,
      head_dim: 64,
      rotary: 0.5,
      tied: false,
      max_length: 2048,
    },
    vision: SO400M,
  },
  'mipha-2.4b': {
    layout: 'mipha',
    language: {
      kind: 'gemma',
      vocab: 256000,
      hidden: 2048,
      inner: 16384,
      layers: 18,
      heads: 8,
      kv_heads: 1,
      head_dim: 256,
      rotary: 1,
      tied: true,
      max_length: 8192,
    },
    vision: SO400M,
  },
  'mipha-3b': {
    layout: 'mipha',
    language: {
      kind: 'phi',
      vocab: 51200,
      hidden: 2560,
      inner: 10240,
      layers: 32,
      heads: 32,
      kv_heads: 32,
      head_dim: 80,
      rotary: 0.4,
      tied: false,
      max_length: 2048,
    },
    vision: SO400M,
  },
  'llava-1.5-7b': {
    layout: 'hf',
    language: {
      kind: 'llama',
      vocab: 32064,
      hidden: 4096,
      inner: 11008,
      layers: 32,
      heads: 32,
      kv_heads: 32,
      head_dim: 128,
      rotary: 1,
      tied: false,
      max_length: 4096,
    },
    vision: CLIP_L_336,
  },
  /** Its tower's last layer was cut off. */
  'onevision-0.5b': {
    layout: 'hf',
    language: {
      kind: 'qwen2',
      vocab: 152000,
      hidden: 896,
      inner: 4864,
      layers: 24,
      heads: 14,
      kv_heads: 2,
      head_dim: 64,
      rotary: 1,
      tied: true,
      max_length: 32768,
    },
    vision: { ...SO400M, layers: 26 },
  },
} as const satisfies Record<string, Shape>;

export type ShapeName = keyof typeof NAMED_SHAPES;
