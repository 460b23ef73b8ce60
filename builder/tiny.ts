/** Makes tiny random-weight checkpoints in the published layouts, the same for the same seed: for tests, offline. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configOf, separateTowerConfig } from './synthetic/config.ts';
import { filler } from './synthetic/fill.ts';
import { type TensorSpec, type TinyFamily, tinyLanguage, tinyShape } from './synthetic/shape.ts';
import { separateTower, tensorSpecs } from './synthetic/tensors.ts';
import { tinyTokenizer } from './tiny-tokenizer.ts';
import type { FloatName } from './weights/float.ts';
import { type NamedArray, writeSafetensors } from './weights/safetensors-write.ts';

export interface TinyOptions {
  family?: TinyFamily;
  seed?: number;
  dtype?: FloatName;
  /** Longest conversation. @default 256 */
  max_length?: number;
  /** Write the tokenizer files too. @default true */
  tokenizer?: boolean;
  /** Where the vision tower goes instead of into the checkpoint. */
  tower?: string;
  /** Spread the tensors over this many files with an index. @default 1 */
  shards?: number;
}

async function writeWeights(directory: string, arrays: NamedArray[], dtype: FloatName, shards: number): Promise<void> {
  if (shards === 1) return writeSafetensors(join(directory, 'model.safetensors'), arrays, dtype);
  const weight_map: Record<string, string> = {};
  for (let i = 0; i < shards; i++) {
    const file = `model-0000${i + 1}-of-0000${shards}.safetensors`;
    const part = arrays.filter((_, index) => index % shards === i);
    for (const { name } of part) weight_map[name] = file;
    await writeSafetensors(join(directory, file), part, dtype);
  }
  await writeFile(join(directory, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map }));
}

/** Writes config.json, model.safetensors and the tokenizer files into `directory`, which is made when missing. */
export async function writeTinyCheckpoint(directory: string, options: TinyOptions = {}): Promise<void> {
  const { family = 'phi', seed = 1, dtype = 'float32', max_length = 256, tokenizer = true, shards = 1 } = options;
  const { tower } = options;
  const { tokenizer: tokenizerJson, config: tokenizerConfig, vocabSize } = tinyTokenizer(tinyLanguage(family));
  const shape = tinyShape(family, vocabSize, max_length);
  const fill = filler(seed);
  const filled = (specs: TensorSpec[]): NamedArray[] =>
    specs.map((spec) => ({ name: spec.name, dims: spec.dims, values: fill(spec) }));
  const write = (folder: string, name: string, value: object): Promise<void> =>
    writeFile(join(folder, name), JSON.stringify(value));
  await mkdir(directory, { recursive: true });
  await writeWeights(directory, filled(tensorSpecs(shape, tower === undefined)), dtype, shards);
  await write(directory, 'config.json', configOf(shape, dtype));
  if (tower !== undefined) {
    await mkdir(tower, { recursive: true });
    await writeWeights(tower, filled(separateTower(shape)), dtype, 1);
    await write(tower, 'config.json', separateTowerConfig(shape));
  }
  if (!tokenizer) return;
  await write(directory, 'tokenizer.json', tokenizerJson);
  await write(directory, 'tokenizer_config.json', tokenizerConfig);
}
