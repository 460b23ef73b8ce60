/** What was read and written → the manifest of model-format 1, self-test aside. */
import {
  CHUNK_BYTES,
  type Architecture,
  type ManifestFile,
  MODEL_FORMAT,
  type ModelManifest,
  type Variant,
} from '../../contract/manifest.ts';
import type { LanguageConfig } from '../families/family.ts';
import type { VisionConfig } from '../families/vision-config.ts';
import type { ActivationType } from '../parts/precision.ts';
import type { VariantPlan } from '../variants.ts';

/** Names and texts that no checkpoint holds; the command line gives them. */
export interface ModelCard {
  id: string;
  name: string;
  description: string;
  license: string;
  source: { repo: string; revision: string };
}

export function architectureOf(family: string, c: LanguageConfig, vision: VisionConfig): Architecture {
  return {
    family,
    vocab_size: c.vocab_size,
    hidden_size: c.hidden_size,
    num_hidden_layers: c.num_hidden_layers,
    num_attention_heads: c.heads,
    num_key_value_heads: c.kv_heads,
    head_dim: c.head_layout.length,
    vision: {
      hidden_size: vision.hidden_size,
      num_hidden_layers: vision.used_layers,
      patch_size: vision.patch_size,
    },
  };
}

export function variantOf(
  { id, device, needs }: VariantPlan,
  weights: string[],
  files: readonly ManifestFile[],
  tokenizerFiles: readonly string[],
  activations: ActivationType,
): Variant {
  const vision = `${id}/vision.onnx`;
  const decoder = `${id}/decoder.onnx`;
  const needed = new Set([vision, decoder, ...weights, ...tokenizerFiles]);
  const bytes = files.filter(({ path }) => needed.has(path)).reduce((sum, file) => sum + file.bytes, 0);
  return { id, device, needs, vision, decoder, weights, activations, bytes };
}

export type ManifestBody = Omit<ModelManifest, 'self_test'>;

export function manifestBody(
  card: ModelCard,
  parts: Pick<ModelManifest, 'architecture' | 'processor' | 'prompt' | 'files' | 'variants'>,
  maxLength: number,
): ManifestBody {
  return {
    format: MODEL_FORMAT,
    ...card,
    ...parts,
    generation: {
      max_tokens: Math.min(512, Math.floor(maxLength / 2)),
      temperature: 0,
      top_p: 1,
      repetition_penalty: 1,
    },
    // Mipha, LLaVA-1.5 and the data they learned from know one picture per conversation.
    limits: { max_length: maxLength, max_images: 1 },
    chunk_bytes: CHUNK_BYTES,
  };
}
