/** `verify-model DIR --golden FILE`: a built model against reference outputs, one line per variant that runs here. */
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../contract/errors.ts';
import { parseManifest } from '../contract/manifest-parse.ts';
import { folderSource } from '../files/node/source.ts';
import { createWasmRuntime } from '../runtime/ort.ts';
import { runCommand } from './run-command.ts';
import { compare, readGolden } from '../builder/golden.ts';
import { openVariant } from '../builder/runner.ts';
import { readJsonObject } from '../builder/weights/checkpoint.ts';

const USAGE = 'Usage: verify-model DIR --golden FILE.safetensors [--variant ID] [--json]';

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        golden: { type: 'string' },
        variant: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new AppError('request-invalid', USAGE, {}, cause);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [folder] = positionals;
  if (positionals.length !== 1 || !folder || !values.golden) throw new AppError('request-invalid', USAGE);
  const files = folderSource(folder);
  const json = await readJsonObject(files, 'manifest.json');
  if (!json) throw new AppError('manifest-invalid', `${folder} has no manifest.json; it is not a model folder.`);
  const manifest = parseManifest(json);
  const golden = await readGolden(
    folderSource(dirname(values.golden)),
    basename(values.golden),
    manifest.architecture.vocab_size,
  );
  const chosen = manifest.variants.filter(({ id }) => !values.variant || id === values.variant);
  if (chosen.length === 0) throw new AppError('request-invalid', `The model has no variant ${values.variant}.`);
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
    if (!values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
}

await runCommand(main);
