/** Makes tiny random-weight checkpoints in the published layouts, the same for the same seed: for tests, offline. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configOf, separateTowerConfig } from './synthetic/config.ts';
import { filler } from './synthetic/fill.ts';
import { type TensorSpec, type TinyFamily, tinyLanguage, tinyShape } from './synthetic/shape.ts';
import { separateTower, tensorSpecs } from './synthetic/tensors.ts';
import { type CheckpointOptions, writeCheckpoint } from './synthetic/write.ts';
import { tinyTokenizer } from './tiny-tokenizer.ts';
import type { FloatName } from './weights/float.ts';

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

/** Writes config.json, model.safetensors and the tokenizer files into `directory`, which is made when missing. */
export async function writeTinyCheckpoint(directory: string, options: TinyOptions = {}): Promise<void> {
  const { family = 'phi', seed = 1, dtype = 'float32', max_length = 256, tokenizer = true, shards = 1 } = options;
  const { tower } = options;
  const { tokenizer: tokenizerJson, config: tokenizerConfig, vocabSize } = tinyTokenizer(tinyLanguage(family));
  const shape = tinyShape(family, vocabSize, max_length);
  const fill = filler(seed);
  const write = (name: string, value: object): Promise<void> => writeFile(join(directory, name), JSON.stringify(value));
  // Numbers are drawn in the order of the tensors, however they are spread over files.
  const weights = (specs: TensorSpec[], files: number): CheckpointOptions => {
    const filled = new Map(specs.map((spec) => [spec.name, fill(spec)]));
    return {
      dtype,
      files: Array.from({ length: files }, (_, i) => specs.filter((_spec, index) => index % files === i)),
      piecesOf: ({ name }) => [filled.get(name) ?? new Float32Array()],
    };
  };
  await writeCheckpoint(directory, configOf(shape, dtype), weights(tensorSpecs(shape, tower === undefined), shards));
  if (tower !== undefined) await writeCheckpoint(tower, separateTowerConfig(shape), weights(separateTower(shape), 1));
  if (!tokenizer) return;
  await write('tokenizer.json', tokenizerJson);
  await write('tokenizer_config.json', tokenizerConfig);
}
