/** Makes tiny random-weight checkpoints in the published layouts, the same for the same seed: for tests, offline. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configOf } from './synthetic/config.ts';
import { filler } from './synthetic/fill.ts';
import { type LanguageKind, tinyShape } from './synthetic/shape.ts';
import { tensorSpecs } from './synthetic/tensors.ts';
import { tinyTokenizer } from './tiny-tokenizer.ts';
import type { FloatName } from './weights/float.ts';
import { type NamedArray, writeSafetensors } from './weights/safetensors-write.ts';

export interface TinyOptions {
  family?: LanguageKind;
  seed?: number;
  dtype?: FloatName;
  /** Longest conversation. @default 256 */
  max_length?: number;
  /** Write the tokenizer files too. @default true */
  tokenizer?: boolean;
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
  const { tokenizer: tokenizerJson, config: tokenizerConfig, vocabSize } = tinyTokenizer();
  const shape = tinyShape(family, vocabSize, max_length);
  const fill = filler(seed);
  const arrays = tensorSpecs(shape).map((spec) => ({ name: spec.name, dims: spec.dims, values: fill(spec) }));
  await mkdir(directory, { recursive: true });
  await writeWeights(directory, arrays, dtype, shards);
  const write = (name: string, value: object): Promise<void> => writeFile(join(directory, name), JSON.stringify(value));
  await write('config.json', configOf(shape, dtype));
  if (!tokenizer) return;
  await write('tokenizer.json', tokenizerJson);
  await write('tokenizer_config.json', tokenizerConfig);
}
