/** What a made-up checkpoint looks like: family, sizes and tensor names as plain data. */

/** How the language model's tensors are named and what its block computes. */
export type LanguageKind = 'phi' | 'phi-fused' | 'gemma';

export interface LanguageShape {
  kind: LanguageKind;
  vocab: number;
  hidden: number;
  inner: number;
  layers: number;
  heads: number;
  kv_heads: number;
  head_dim: number;
  /** Share of a head's dimensions that rotate. */
  rotary: number;
  max_length: number;
}

export interface VisionShape {
  hidden: number;
  inner: number;
  layers: number;
  heads: number;
  /** Sides in pixels. */
  image: number;
  patch: number;
}

export interface Shape {
  language: LanguageShape;
  vision: VisionShape;
}

/** One tensor of a checkpoint; `kind` says what its numbers are like: `one` lie around 1, `zero` around 0. */
export interface TensorSpec {
  name: string;
  dims: readonly number[];
  kind: 'matrix' | 'one' | 'zero';
}

/** Small enough for milliseconds, wide enough to hit each code path. */
export function tinyShape(kind: LanguageKind, vocab: number, max_length: number): Shape {
  const heads = { heads: 4, kv_heads: kind === 'gemma' ? 1 : 4, head_dim: 16 };
  const rotary = kind === 'gemma' ? 1 : 0.5;
  return {
    language: { kind, vocab, hidden: 64, inner: 160, layers: 2, ...heads, rotary, max_length },
    vision: { hidden: 48, inner: 80, layers: 3, heads: 4, image: 56, patch: 14 },
  };
}
