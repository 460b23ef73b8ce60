/** What a made-up checkpoint looks like: family, sizes and tensor names as plain data. */

/** How the language model's tensors are named and what its block computes. */
export type LanguageKind = 'phi' | 'phi-fused' | 'gemma' | 'llama' | 'qwen2';

/** Whose words config.json and the tensor names are in: Mipha's, LLaVA's own, Hugging Face's earlier and later ones. */
export type Layout = 'mipha' | 'llava' | 'hf' | 'hf-nested';

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
  /** The output head is the token table. */
  tied: boolean;
  max_length: number;
}

export interface VisionShape {
  kind: 'siglip' | 'clip';
  hidden: number;
  inner: number;
  layers: number;
  heads: number;
  /** Sides in pixels. */
  image: number;
  patch: number;
}

export interface Shape {
  layout: Layout;
  language: LanguageShape;
  vision: VisionShape;
}

/** One tensor of a checkpoint; `kind` says what its numbers are like: `one` lie around 1, `zero` around 0. */
export interface TensorSpec {
  name: string;
  dims: readonly number[];
  kind: 'matrix' | 'one' | 'zero';
}

type Heads = Pick<LanguageShape, 'kv_heads' | 'rotary' | 'tied'>;

/** Made-up models that are small enough for milliseconds and wide enough to hit each code path. */
const TINY = {
  phi: { layout: 'mipha', language: 'phi', vision: 'siglip' },
  'phi-fused': { layout: 'mipha', language: 'phi-fused', vision: 'siglip' },
  gemma: { layout: 'mipha', language: 'gemma', vision: 'siglip' },
  llava: { layout: 'hf', language: 'llama', vision: 'clip' },
  'llava-nested': { layout: 'hf-nested', language: 'llama', vision: 'clip' },
  'llava-own': { layout: 'llava', language: 'llama', vision: 'clip' },
  onevision: { layout: 'hf', language: 'qwen2', vision: 'siglip' },
  'onevision-nested': { layout: 'hf-nested', language: 'qwen2', vision: 'siglip' },
  'onevision-own': { layout: 'llava', language: 'qwen2', vision: 'siglip' },
} as const satisfies Record<string, { layout: Layout; language: LanguageKind; vision: VisionShape['kind'] }>;

export type TinyFamily = keyof typeof TINY;

const HEADS: Readonly<Record<LanguageKind, Heads>> = {
  phi: { kv_heads: 4, rotary: 0.5, tied: false },
  'phi-fused': { kv_heads: 4, rotary: 0.5, tied: false },
  gemma: { kv_heads: 1, rotary: 1, tied: true },
  llama: { kv_heads: 4, rotary: 1, tied: false },
  qwen2: { kv_heads: 2, rotary: 1, tied: true },
};

/** The language model of a tiny checkpoint. */
export function tinyLanguage(name: TinyFamily): LanguageKind {
  return TINY[name].language;
}

/** @param tokens ids of the tokenizer; published Llama and Qwen2 models have more rows than that */
export function tinyShape(name: TinyFamily, tokens: number, max_length: number): Shape {
  const { layout, language: kind, vision } = TINY[name];
  const vocab = layout === 'mipha' ? tokens : tokens + 10;
  const sizes = { vocab, hidden: 64, inner: 160, layers: 2, heads: 4, head_dim: 16, max_length };
  return {
    layout,
    language: { kind, ...sizes, ...HEADS[kind] },
    vision: { kind: vision, hidden: 48, inner: 80, layers: 3, heads: 4, image: 56, patch: 14 },
  };
}
