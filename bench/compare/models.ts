/** Checkpoints → the same int8 weights in our format and in the peer's, kept in a cache folder between runs. */
import { existsSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModel } from '../../builder/build.ts';
import { buildTransformersJs } from '../../builder/layouts/transformers-js.ts';
import { writeSyntheticCheckpoint } from '../../builder/synthetic/cli.ts';
import type { ModelManifest } from '../../contract/manifest.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where each model's checkpoint comes from; one that is missing is made from a seed. */
const CHECKPOINTS = {
  'mipha-nano': () => Promise.resolve(join(ROOT, 'training/checkpoint')),
  '135m': async () => {
    const folder = join(ROOT, '.cache/checkpoints/135m');
    if (!existsSync(join(folder, 'config.json'))) await writeSyntheticCheckpoint('135m', folder);
    return folder;
  },
} as const;

export type ModelId = keyof typeof CHECKPOINTS;
export const MODELS = Object.keys(CHECKPOINTS) as ModelId[];

export interface ModelFacts {
  id: ModelId;
  max_length: number;
  vocab_size: number;
  /** Weights that one decoded token has to read: the decoder without its token table. */
  decoder_bytes: number;
  /** Keys and values of one token in the context. */
  cache_bytes_per_token: number;
}

/** Builds what `folder` lacks: `own/<model>` and `peer/<model>`. */
export async function prepareModel(id: ModelId, folder: string): Promise<ModelFacts> {
  const own = join(folder, 'own', id);
  const peer = join(folder, 'peer', id);
  const variants = ['wasm-int8'];
  const card = { id, name: id, description: '', license: '', source: { repo: '', revision: '' } };
  if (!existsSync(own) || !existsSync(peer)) {
    const checkpoint = await CHECKPOINTS[id]();
    await rm(own, { recursive: true, force: true });
    await buildModel({ checkpoint, out: own, variants, card });
    await buildTransformersJs({ checkpoint, out: peer, variants, card, force: true });
  }
  const manifest = JSON.parse(await readFile(join(own, 'manifest.json'), 'utf8')) as ModelManifest;
  const { num_hidden_layers, num_key_value_heads, head_dim, vocab_size } = manifest.architecture;
  const { size } = await stat(join(peer, 'onnx/decoder_model_merged_quantized.onnx_data'));
  return {
    id,
    max_length: manifest.limits.max_length,
    vocab_size,
    decoder_bytes: size,
    cache_bytes_per_token: 2 * 4 * num_hidden_layers * num_key_value_heads * head_dim,
  };
}
