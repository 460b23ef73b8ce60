/** Checkpoints → the same int8 weights in our format and in the peer's, kept in a cache folder between runs. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildFolder, buildPeerFolder } from '../../cli/build-folder.ts';
import { writeSyntheticCheckpoint } from '../../cli/synthetic-checkpoint.ts';
import { writeGguf } from './gguf.ts';
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

/** A word that is one token for every model here, as it stands in byte-level vocabularies. */
const WORD = '\u0120the';

export interface ModelFacts {
  id: ModelId;
  max_length: number;
  /** What a device fetches for our engine. */
  bytes: number;
  /** The token of `WORD`, of which prompts for decoding are made. */
  word_id: number;
  /** Weights that one decoded token has to read: the decoder without its token table. */
  decoder_bytes: number;
  /** Keys and values of one token in the context. */
  cache_bytes_per_token: number;
}

const variants = ['wasm-int8'];
const cardOf = (id: ModelId) => ({ id, name: id, description: '', license: '', source: { repo: '', revision: '' } });

/** Builds `own/<model>` where `folder` lacks it; resolves to its folder. */
export async function prepareOwn(id: ModelId, folder: string): Promise<string> {
  const out = join(folder, 'own', id);
  if (!existsSync(out)) await buildFolder({ checkpoint: await CHECKPOINTS[id](), out, variants, card: cardOf(id) });
  return out;
}

/** Builds what `folder` lacks: `own/<model>`, `peer/<model>` and `wllama/<model>.gguf`. */
export async function prepareModel(id: ModelId, folder: string): Promise<ModelFacts> {
  const peer = join(folder, 'peer', id);
  const own = await prepareOwn(id, folder);
  if (!existsSync(peer))
    await buildPeerFolder({ checkpoint: await CHECKPOINTS[id](), out: peer, variants, force: true });
  const gguf = join(folder, 'wllama', `${id}.gguf`);
  if (!existsSync(gguf)) {
    await mkdir(dirname(gguf), { recursive: true });
    await writeGguf(await CHECKPOINTS[id](), gguf);
  }
  const manifest = JSON.parse(await readFile(join(own, 'manifest.json'), 'utf8')) as ModelManifest;
  const { num_hidden_layers, num_key_value_heads, head_dim } = manifest.architecture;
  const tokenizer = JSON.parse(await readFile(join(own, 'tokenizer.json'), 'utf8')) as {
    model: { vocab: Record<string, number> };
  };
  const word_id = tokenizer.model.vocab[WORD];
  if (word_id === undefined) throw new Error(`${id} has no token for ${WORD}.`);
  const { size } = await stat(join(peer, 'onnx/decoder_model_merged_quantized.onnx_data'));
  const bytes = manifest.variants.find((variant) => variant.id === 'wasm-int8')?.bytes ?? 0;
  return {
    id,
    bytes,
    max_length: manifest.limits.max_length,
    word_id,
    decoder_bytes: size,
    cache_bytes_per_token: 2 * 4 * num_hidden_layers * num_key_value_heads * head_dim,
  };
}
