/** `build-model CHECKPOINT --out DIR`: the command line of the builder. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../contract/errors.ts';
import { PEER_VARIANTS } from '../builder/layouts/transformers-js.ts';
import { defaultVariants, VARIANT_IDS } from '../builder/variants.ts';
import { folderSink } from '../files/node/sink.ts';
import { buildFolder, buildPeerFolder, type FolderAdapter, type FolderBuild } from './build-folder.ts';
import { downloadCheckpoint, isHubName } from './hub.ts';
import { runCommand } from './run-command.ts';

const USAGE = `Usage: build-model CHECKPOINT --out DIR [options]

CHECKPOINT           folder with config.json, model.safetensors (or its shards and index) and tokenizer files,
                     or owner/name on the Hugging Face hub (HF_TOKEN for private models, HF_ENDPOINT for another hub)
--out DIR            the model folder to write
--vision-tower DIR   folder of the vision tower's checkpoint, where CHECKPOINT holds none (LLaVA's own layout)
--merge-adapter DIR  PEFT adapter (LoRA) that becomes part of the weights
--adapter ID=DIR     PEFT adapter that stays beside the weights, to be switched on and off; repeat it for more
--adapter-text ID=T  what the adapter does, in a sentence
--layout L           mipha-web (model format 1, the default) or transformers-js (what @huggingface/transformers loads)
--variants a,b       ${VARIANT_IDS.join(', ')}
                     (for transformers-js: ${PEER_VARIANTS.join(', ')})
--bits 4|8           bits of the default WebGPU variants (default 4)
--force              replace DIR
--revision R         branch, tag or commit on the hub (default main)
--download-dir DIR   where a checkpoint from the hub goes (default .cache/checkpoints/owner/name)
--no-tokenizer       accept a checkpoint without tokenizer; the model can then be tested but not asked
--id, --name, --description, --license, --source-repo, --source-revision   texts of the manifest
--json               print the result as JSON`;

const LAYOUTS = ['mipha-web', 'transformers-js'] as const;

const OPTIONS = {
  out: { type: 'string' },
  'vision-tower': { type: 'string' },
  'merge-adapter': { type: 'string' },
  adapter: { type: 'string', multiple: true, default: [] as string[] },
  'adapter-text': { type: 'string', multiple: true, default: [] as string[] },
  layout: { type: 'string', default: LAYOUTS[0] },
  variants: { type: 'string' },
  bits: { type: 'string', default: '4' },
  force: { type: 'boolean', default: false },
  revision: { type: 'string', default: 'main' },
  'download-dir': { type: 'string' },
  'no-tokenizer': { type: 'boolean', default: false },
  id: { type: 'string' },
  name: { type: 'string' },
  description: { type: 'string', default: '' },
  license: { type: 'string', default: '' },
  'source-repo': { type: 'string', default: '' },
  'source-revision': { type: 'string', default: '' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function readArguments(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('request-invalid', `${reason}\n\n${USAGE}`, {}, cause);
  }
}

interface Command {
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
    if (id === '') throw new AppError('request-invalid', `${option} is ID=…, the id in lower-case letters.`, { word });
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

/** What was asked for; null when it was help. */
function parse(args: string[]): Command | null {
  const { values, positionals } = readArguments(args);
  if (values.help) return null;
  const [checkpoint] = positionals;
  if (positionals.length !== 1 || !checkpoint || !values.out) throw new AppError('request-invalid', USAGE);
  if (values.bits !== '4' && values.bits !== '8') throw new AppError('request-invalid', '--bits is 4 or 8.');
  const layout = LAYOUTS.find((known) => known === values.layout);
  if (!layout) throw new AppError('request-invalid', `--layout is ${LAYOUTS.join(' or ')}.`);
  if (layout !== 'mipha-web' && (values.adapter.length > 0 || values['merge-adapter']))
    throw new AppError('request-invalid', `Adapters go into the layout mipha-web, not into ${layout}.`);
  const id = values.id ?? basename(resolve(values.out));
  const variants = values.variants?.split(',').filter(Boolean);
  return {
    layout,
    variants,
    json: values.json,
    revision: values.revision,
    downloadDir: values['download-dir'],
    options: {
      checkpoint,
      visionTower: values['vision-tower'],
      mergeAdapter: values['merge-adapter'],
      adapters: readAdapters(values.adapter, values['adapter-text']),
      out: values.out,
      variants: [...new Set(variants ?? defaultVariants(values.bits === '8' ? 8 : 4))],
      force: values.force,
      tokenizer: !values['no-tokenizer'],
      card: {
        id,
        name: values.name ?? id,
        description: values.description,
        license: values.license,
        source: { repo: values['source-repo'], revision: values['source-revision'] },
      },
    },
  };
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
async function fetchSource({ options, revision, downloadDir }: Command, signal: AbortSignal): Promise<FolderBuild> {
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
async function build({ layout, variants }: Command, options: FolderBuild) {
  if (layout === 'transformers-js') return buildPeerFolder({ ...options, variants });
  const manifest = await buildFolder(options);
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  return { sizes: manifest.variants.map(({ id, bytes }) => ({ id, bytes })), total };
}

async function main(): Promise<void> {
  const command = parse(process.argv.slice(2));
  if (!command) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const options = await fetchSource(command, stop.signal);
  const { sizes, total } = await build(command, { ...options, signal: stop.signal, onProgress: progressLine() });
  if (command.json) {
    process.stdout.write(`${JSON.stringify({ out: options.out, bytes: total, variants: sizes })}\n`);
    return;
  }
  for (const { id, bytes } of sizes) process.stdout.write(`${id.padEnd(14)} ${(bytes / 1e6).toFixed(1)} MB\n`);
  process.stdout.write(`${'folder'.padEnd(14)} ${(total / 1e6).toFixed(1)} MB in ${options.out}\n`);
}

await runCommand(main);
