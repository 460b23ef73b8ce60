/** `npx tsx cli/synthetic-checkpoint.ts SHAPE --out DIR`: a checkpoint of random numbers in a published model's full size. */
import { parseArgs } from 'node:util';
import { AppError } from '../contract/errors.ts';
import { runCommand } from './run-command.ts';
import { tinyTokenizer } from '../builder/tiny-tokenizer.ts';
import { configOf } from '../builder/synthetic/config.ts';
import { pooledFiller } from '../builder/synthetic/fill.ts';
import { NAMED_SHAPES, type ShapeName } from '../builder/synthetic/named.ts';
import { tensorSpecs } from '../builder/synthetic/tensors.ts';
import { writeText } from '../builder/emit/text-file.ts';
import { folderSink } from '../files/node/sink.ts';
import { splitBySize, writeCheckpoint } from '../builder/synthetic/write.ts';

const NAMES = Object.keys(NAMED_SHAPES).join(', ');
const USAGE = `Usage: npx tsx cli/synthetic-checkpoint.ts SHAPE --out DIR [--seed N]\n\nSHAPE is one of ${NAMES}.`;
/** Bytes of a weight file, about that of published checkpoints. */
const FILE_BYTES = 2.5e9;

function isShapeName(name: string | undefined): name is ShapeName {
  return name !== undefined && Object.hasOwn(NAMED_SHAPES, name);
}

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

async function main(): Promise<void> {
  const options = { out: { type: 'string' }, seed: { type: 'string', default: '1' } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [name] = positionals;
  if (!isShapeName(name) || !values.out) throw new AppError('request-invalid', USAGE);
  const bytes = await writeSyntheticCheckpoint(name, values.out, Number(values.seed));
  process.stdout.write(`${(bytes / 1e9).toFixed(2)} GB in ${values.out}\n`);
}

if (import.meta.filename === process.argv[1]) await runCommand(main);
