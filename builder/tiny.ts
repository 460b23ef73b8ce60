/** Makes tiny random-weight checkpoints in the published layouts, the same for the same seed: for tests, offline. */
import type { Sink } from '../contract/files.ts';
import { writeText } from './emit/text-file.ts';
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
  tower?: Sink;
  /** Spread the tensors over this many files with an index. @default 1 */
  shards?: number;
}

/** Writes config.json, model.safetensors and the tokenizer files, and finishes the sinks. */
export async function writeTinyCheckpoint(sink: Sink, options: TinyOptions = {}): Promise<void> {
  const { family = 'phi', seed = 1, dtype = 'float32', max_length = 256, tokenizer = true, shards = 1 } = options;
  const { tower } = options;
  const { tokenizer: tokenizerJson, config: tokenizerConfig, vocabSize } = tinyTokenizer(tinyLanguage(family));
  const shape = tinyShape(family, vocabSize, max_length);
  const fill = filler(seed);
  // Numbers are drawn in the order of the tensors, however they are spread over files.
  const weights = (specs: TensorSpec[], files: number): CheckpointOptions => {
    const filled = new Map(specs.map((spec) => [spec.name, fill(spec)]));
    return {
      dtype,
      files: Array.from({ length: files }, (_, i) => specs.filter((_spec, index) => index % files === i)),
      piecesOf: ({ name }) => [filled.get(name) ?? new Float32Array()],
    };
  };
  await writeCheckpoint(sink, configOf(shape, dtype), weights(tensorSpecs(shape, tower === undefined), shards));
  if (tower !== undefined) await writeCheckpoint(tower, separateTowerConfig(shape), weights(separateTower(shape), 1));
  await tower?.finish();
  if (tokenizer) {
    await writeText(sink, 'tokenizer.json', JSON.stringify(tokenizerJson));
    await writeText(sink, 'tokenizer_config.json', JSON.stringify(tokenizerConfig));
  }
  await sink.finish();
}
