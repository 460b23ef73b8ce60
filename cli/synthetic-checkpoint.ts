/** `npx tsx cli/synthetic-checkpoint.ts SHAPE --out DIR`: a checkpoint of random numbers in a published model's full size. */
import { defineCommand, oneOf, runAsProgram, untilStopped, UsageError, wholeFrom } from './command.ts';
import { tinyTokenizer } from '../builder/tiny-tokenizer.ts';
import { configOf } from '../builder/synthetic/config.ts';
import { pooledFiller } from '../builder/synthetic/fill.ts';
import { NAMED_SHAPES, type ShapeName } from '../builder/synthetic/named.ts';
import { tensorSpecs } from '../builder/synthetic/tensors.ts';
import { writeText } from '../builder/emit/text-file.ts';
import { folderSink } from '../files/node/sink.ts';
import { splitBySize, writeCheckpoint } from '../builder/synthetic/write.ts';

const NAMES = Object.keys(NAMED_SHAPES) as ShapeName[];
/** Bytes of a weight file, about that of published checkpoints. */
const FILE_BYTES = 2.5e9;

/** Writes the checkpoint in bfloat16, with the small test tokenizer, whose ids are the vocabulary's first. */
export async function writeSyntheticCheckpoint(name: ShapeName, directory: string, seed = 1): Promise<number> {
  const dtype = 'bfloat16';
  const shape = NAMED_SHAPES[name];
  const sink = folderSink(directory);
  const bytes = await writeCheckpoint(sink, configOf(shape, dtype), {
    dtype,
    files: splitBySize(tensorSpecs(shape), FILE_BYTES, dtype),
    piecesOf: pooledFiller(seed),
    onFile: (done, total) => process.stderr.write(`weights ${done}/${total}\n`),
  });
  const { tokenizer, config } = tinyTokenizer(shape.language.kind);
  await writeText(sink, 'tokenizer.json', JSON.stringify(tokenizer));
  await writeText(sink, 'tokenizer_config.json', JSON.stringify(config));
  await sink.finish();
  return bytes;
}

interface CheckpointWords {
  shape: ShapeName;
  out: string;
  seed: number;
}

async function run({ shape, out, seed }: CheckpointWords): Promise<void> {
  const bytes = await writeSyntheticCheckpoint(shape, out, seed);
  process.stdout.write(`${(bytes / 1e9).toFixed(2)} GB in ${out}\n`);
}

export const syntheticCheckpoint = defineCommand({
  name: 'synthetic-checkpoint',
  call: 'npx tsx cli/synthetic-checkpoint.ts',
  words: 'SHAPE --out DIR [--seed N]',
  about: "Writes a checkpoint of random numbers in a published model's full size.",
  syntax: (blank) =>
    blank
      .argument('[SHAPE]', NAMES.join(', '), oneOf(NAMES))
      .option('--out <DIR>', 'the folder to write')
      .option('--seed <N>', 'makes other numbers', wholeFrom(0), 1),
  read({ out, seed }, [shape]): CheckpointWords {
    if (!shape) throw new UsageError(`Name a shape: ${NAMES.join(', ')}.`);
    if (!out) throw new UsageError('Name the folder to write with --out DIR.');
    return { shape, out, seed };
  },
  run: (words, signal) => untilStopped(signal, run(words)),
});

await runAsProgram(import.meta.filename, syntheticCheckpoint);
