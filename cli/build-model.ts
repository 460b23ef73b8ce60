/** `build-model CHECKPOINT --out DIR`: the command line of the builder. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { defineCommand, oneOf, repeated, runAsProgram, UsageError } from './command.ts';
import { PEER_VARIANTS } from '../builder/layouts/transformers-js.ts';
import { defaultVariants, VARIANT_IDS } from '../builder/variants.ts';
import { folderSink } from '../files/node/sink.ts';
import { buildFolder, buildPeerFolder, type FolderAdapter, type FolderBuild } from './build-folder.ts';
import { downloadCheckpoint, isHubName } from './hub.ts';

const LAYOUTS = ['mipha-web', 'transformers-js'] as const;

function readLayout(text: string): (typeof LAYOUTS)[number] {
  const layout = LAYOUTS.find((known) => known === text);
  if (!layout) throw new InvalidArgumentError(`--layout is ${LAYOUTS.join(' or ')}.`);
  return layout;
}

interface BuildWords {
  layout: (typeof LAYOUTS)[number];
  options: FolderBuild;
  /** Undefined where the layout chooses. */
  variants: string[] | undefined;
  revision: string;
  downloadDir: string | undefined;
  json: boolean;
}

/** `ID=REST` of each word. */
function named(words: readonly string[], option: string): [id: string, rest: string][] {
  return words.map((word) => {
    const [, id = '', rest = ''] = /^([a-z0-9][a-z0-9-]{0,63})=(.+)$/s.exec(word) ?? [];
    if (id === '') throw new UsageError(`${option} is ID=…, the id in lower-case letters, not "${word}".`);
    return [id, rest];
  });
}

function readAdapters(adapters: readonly string[], texts: readonly string[]): FolderAdapter[] {
  const descriptions = new Map(named(texts, '--adapter-text'));
  return named(adapters, '--adapter').map(([id, directory]) => ({
    id,
    directory,
    name: `${id[0]?.toUpperCase()}${id.slice(1).replaceAll('-', ' ')}`,
    description: descriptions.get(id) ?? '',
  }));
}

/** One line that is rewritten in place on a terminal, and one line per step elsewhere. */
function progressLine(): (step: string, done: number, total: number) => void {
  let last = '';
  return (step, done, total) => {
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    if (process.stderr.isTTY) process.stderr.write(`\r${step} ${percent} %   ${done === total ? '\n' : ''}`);
    else if (step !== last) process.stderr.write(`${step}\n`);
    last = step;
  };
}

/** A local folder as it is; a name on the hub is downloaded first and noted as the source. */
async function fetchSource({ options, revision, downloadDir }: BuildWords, signal: AbortSignal): Promise<FolderBuild> {
  const { checkpoint: repo, card } = options;
  if (existsSync(repo) || !isHubName(repo)) return options;
  const directory = downloadDir ?? join('.cache', 'checkpoints', ...repo.split('/'));
  const { HF_ENDPOINT: endpoint, HF_TOKEN: token } = process.env;
  const onProgress = progressLine();
  const source = {
    repo,
    revision,
    sink: folderSink(directory),
    token,
    signal,
    onProgress,
    ...(endpoint ? { endpoint } : {}),
  };
  const commit = await downloadCheckpoint(source);
  return { ...options, checkpoint: directory, card: { ...card, source: { repo, revision: commit } } };
}

/** Bytes by variant, or by the other library's name for it, and of the whole folder. */
async function build({ layout, variants }: BuildWords, options: FolderBuild) {
  if (layout === 'transformers-js') return buildPeerFolder({ ...options, variants });
  const manifest = await buildFolder(options);
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  return { sizes: manifest.variants.map(({ id, bytes }) => ({ id, bytes })), total };
}

async function run(words: BuildWords, signal: AbortSignal): Promise<void> {
  const options = await fetchSource(words, signal);
  const { sizes, total } = await build(words, { ...options, signal, onProgress: progressLine() });
  if (words.json) {
    process.stdout.write(`${JSON.stringify({ out: options.out, bytes: total, variants: sizes })}\n`);
    return;
  }
  for (const { id, bytes } of sizes) process.stdout.write(`${id.padEnd(14)} ${(bytes / 1e6).toFixed(1)} MB\n`);
  process.stdout.write(`${'folder'.padEnd(14)} ${(total / 1e6).toFixed(1)} MB in ${options.out}\n`);
}

export const buildModelCommand = defineCommand({
  name: 'build-model',
  words: 'CHECKPOINT --out DIR [options]',
  about: 'Builds a model folder from a published checkpoint.',
  syntax: (blank) =>
    blank
      .argument(
        '[CHECKPOINT]',
        `folder with config.json, model.safetensors (or its shards and index) and tokenizer files, or owner/name on the Hugging Face hub (HF_TOKEN for private models, HF_ENDPOINT for another hub)`,
      )
      .option('--out <DIR>', 'the model folder to write')
      .option(
        '--vision-tower <DIR>',
        "folder of the vision tower's checkpoint, where CHECKPOINT holds none (LLaVA's own layout)",
      )
      .option('--merge-adapter <DIR>', 'PEFT adapter (LoRA) that becomes part of the weights')
      .option(
        '--adapter <ID=DIR>',
        'PEFT adapter that stays beside the weights, to be switched on and off; repeat it for more',
        repeated(String),
        [] as string[],
      )
      .option('--adapter-text <ID=T>', 'what the adapter does, in a sentence', repeated(String), [] as string[])
      .option(
        '--layout <L>',
        'mipha-web (model format 1) or transformers-js (what @huggingface/transformers loads)',
        readLayout,
        LAYOUTS[0],
      )
      .option(
        '--variants <a,b>',
        `${VARIANT_IDS.join(', ')} (for transformers-js: ${PEER_VARIANTS.join(', ')})`,
        (text: string) => text.split(',').filter(Boolean),
      )
      .option('--bits <N>', 'bits of the default WebGPU variants: 4 or 8', oneOf(['4', '8']), '4')
      .option('--force', 'replace DIR', false)
      .option('--revision <R>', 'branch, tag or commit on the hub', 'main')
      .option('--download-dir <DIR>', 'where a checkpoint from the hub goes (default: .cache/checkpoints/owner/name)')
      .option('--no-tokenizer', 'accept a checkpoint without tokenizer; the model can then be tested but not asked')
      .option('--id <TEXT>', "the manifest's id (default: the name of DIR)")
      .option('--name <TEXT>', "the manifest's name (default: the id)")
      .option('--description <TEXT>', "the manifest's description", '')
      .option('--license <TEXT>', "the manifest's licence", '')
      .option('--source-repo <TEXT>', 'where the checkpoint comes from', '')
      .option('--source-revision <TEXT>', 'the revision it has there', '')
      .option('--json', 'print the result as JSON', false),
  read(options, [checkpoint]): BuildWords {
    const { out, layout, variants, adapter, mergeAdapter, force, tokenizer, description, license } = options;
    if (!checkpoint) throw new UsageError('Name a checkpoint: a folder, or owner/name on the hub.');
    if (!out) throw new UsageError('Name the folder to write with --out DIR.');
    if (layout !== 'mipha-web' && (adapter.length > 0 || mergeAdapter))
      throw new UsageError(`Adapters go into the layout mipha-web, not into ${layout}.`);
    const id = options.id ?? basename(resolve(out));
    const source = { repo: options.sourceRepo, revision: options.sourceRevision };
    return {
      layout,
      variants,
      json: options.json,
      revision: options.revision,
      downloadDir: options.downloadDir,
      options: {
        checkpoint,
        visionTower: options.visionTower,
        mergeAdapter,
        adapters: readAdapters(adapter, options.adapterText),
        out,
        variants: [...new Set(variants ?? defaultVariants(options.bits === '8' ? 8 : 4))],
        force,
        tokenizer,
        card: { id, name: options.name ?? id, description, license, source },
      },
    };
  },
  run,
});

await runAsProgram(import.meta.filename, buildModelCommand);
