/** `verify-model DIR --golden FILE`: a built model against reference outputs, one line per variant that runs here. */
import { basename, dirname } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { parseManifest } from '../contract/manifest-parse.ts';
import { folderSource } from '../files/node/source.ts';
import { createWasmRuntime } from '../runtime/ort.ts';
import { defineCommand, runAsProgram, untilStopped, UsageError } from './command.ts';
import { compare, readGolden } from '../builder/golden.ts';
import { openVariant } from '../builder/runner.ts';
import { readJsonObject } from '../builder/weights/checkpoint.ts';

interface VerifyWords {
  folder: string;
  golden: string;
  variant: string | undefined;
  json: boolean;
}

async function verify(words: VerifyWords): Promise<void> {
  const { folder } = words;
  const files = folderSource(folder);
  const json = await readJsonObject(files, 'manifest.json');
  if (!json) throw new AppError('manifest-invalid', `${folder} has no manifest.json; it is not a model folder.`);
  const manifest = parseManifest(json);
  const { vocab_size } = manifest.architecture;
  const golden = await readGolden(folderSource(dirname(words.golden)), basename(words.golden), vocab_size);
  const chosen = manifest.variants.filter(({ id }) => !words.variant || id === words.variant);
  if (chosen.length === 0) throw new UsageError(`The model has no variant ${words.variant}.`);
  const results = [];
  for (const variant of chosen) {
    const runner = await openVariant(
      { files, createRuntime: createWasmRuntime },
      manifest,
      variant,
      manifest.limits.max_length,
    );
    const result = { variant: variant.id, ...(await compare(runner, golden)) };
    await runner.dispose();
    results.push(result);
    if (!words.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  if (words.json) process.stdout.write(`${JSON.stringify(results)}\n`);
}

export const verifyModel = defineCommand({
  name: 'verify-model',
  words: 'DIR --golden FILE.safetensors [--variant ID] [--json]',
  about: 'Compares a built model with reference outputs, one line for each variant that runs here.',
  syntax: (blank) =>
    blank
      .argument('[DIR]', 'the model folder')
      .option('--golden <FILE>', 'outputs of another implementation (docs/model-format.md says in which form)')
      .option('--variant <ID>', 'this variant alone')
      .option('--json', 'one JSON array at the end', false),
  read({ golden, variant, json }, [folder]): VerifyWords {
    if (!folder) throw new UsageError('Name a model folder.');
    if (!golden) throw new UsageError('Name the reference outputs with --golden FILE.');
    return { folder, golden, variant, json };
  },
  run: (words, signal) => untilStopped(signal, verify(words)),
});

await runAsProgram(import.meta.filename, verifyModel);
