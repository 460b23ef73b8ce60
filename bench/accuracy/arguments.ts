/** The words behind `eval` and `score` → what to do, or a message about the word that is wrong. */
import { join } from 'node:path';
import { numberOption, readWords, UsageError } from '../../cli/arguments.ts';
import { DEFAULT_MODEL } from '../../cli/default-model.ts';
import { typedPath } from '../../cli/paths.ts';
import { parseShard, type Selection } from './predict/select.ts';

export const EVAL_USAGE = `Usage: npm run -s eval -- --task NAME --data DIR [options]
       npm run -s eval -- --data DIR [--model DIR] [--variant ID] [--adapter NAME] [--limit N] [--predictions FILE]

With a task: asks the questions of a published benchmark, writes each answer to a file at once, and scores them. A run
that was stopped goes on where it was. Without one: DIR holds questions.jsonl, one {"image", "question", "answer",
"skill"} a line (image paths relative to DIR), and the answers are counted by skill.

  --task NAME        vqav2, gqa, vizwiz, scienceqa, textvqa, pope, mme, mmbench, seed or mmvet
  --data DIR         the benchmark's files as they are published (bench/README.md says which)
  --split NAME       another split than the one whose numbers are published
  --model DIR        model folder (default: public/models/mipha-nano); for --backend openai the model's name
  --variant ID       variant of the model (default: what the page takes without WebGPU)
  --adapter NAME     an adapter of the model, for drawn pictures (default: none)
  --backend NAME     engine (here, on the CPU), browser (the built page's worker) or openai (a server) (default: engine)
  --device NAME      webgpu or wasm, for --backend browser (default: what the page would take)
  --url URL          address of an OpenAI-compatible server, for example http://localhost:8000/v1
  --parallel N       questions asked at a time: engines here, one core and one copy of the weights each (default: as
                     many as there are cores), or requests to a server (default: 8)
  --limit N          only the first N questions
  --shard I/N        only every N-th picture, beginning with the I-th (from 0); score joins the files
  --predictions FILE where the answers go (default: .cache/eval/, named after the run)
  --json             the result as one JSON object
  --save             also write it to bench/results/, from which docs/benchmarks.md is made

An API key, where the server wants one, is taken from OPENAI_API_KEY.`;

export const SCORE_USAGE = `Usage: npm run -s score -- --task NAME --data DIR --predictions FILE [--predictions FILE ...] [options]

Scores answers that were written before: by eval (all its shards together) or by LLaVA's scripts. Asks no model.

  --split NAME       another split than the one whose numbers are published
  --limit N          score the first N questions alone
  --judge-url URL    MM-Vet: grade the answers with an OpenAI-compatible server, for example https://api.openai.com/v1
  --judge-model NAME MM-Vet: the grading model (default: gpt-4-0613, the official one)
  --json             the result as one JSON object`;

const isCount = (value: number) => Number.isInteger(value) && value >= 1;
const count = (name: string, text: string) => numberOption(name, text, isCount, 'a whole number from 1 on');

/** All words are options here; one that is none is a mistake. */
function parse<T extends Parameters<typeof readWords>[1]>(args: string[], options: T) {
  const { values, positionals } = readWords(args, options);
  if (positionals.length > 0) throw new UsageError(`"${positionals[0]}" is not an option.`);
  return values;
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`--${name} has to be one of ${allowed.join(', ')}, not "${value}".`);
  return found;
}

export interface EvalArguments extends Selection {
  help: boolean;
  /** Undefined for a folder of drawn pictures. */
  task: string | undefined;
  split: string | undefined;
  data: string;
  model: string;
  variant: string | undefined;
  adapter: string | undefined;
  backend: 'engine' | 'browser' | 'openai';
  device: 'webgpu' | 'wasm' | undefined;
  url: string;
  /** Undefined: what suits the backend. */
  parallel: number | undefined;
  predictions: string | undefined;
  json: boolean;
  save: boolean;
}

const string = { type: 'string' } as const;
const boolean = { type: 'boolean' } as const;
const EVAL_OPTIONS = {
  task: string,
  data: string,
  split: string,
  model: string,
  variant: string,
  adapter: string,
  backend: string,
  device: string,
  url: string,
  parallel: string,
  limit: string,
  shard: string,
  predictions: string,
  json: boolean,
  save: boolean,
  help: { type: 'boolean', short: 'h' },
} as const;

/** Options that make no sense for a folder of drawn pictures. */
const FOR_TASKS = ['split', 'backend', 'device', 'url', 'parallel', 'shard'] as const;

/** Throws UsageError, or `request-invalid` for a wrong shard. */
export function parseEvalArguments(args: string[]): EvalArguments {
  const values = parse(args, EVAL_OPTIONS);
  const help = values.help ?? false;
  if (!help && values.data === undefined) throw new UsageError('Name the folder with the data: --data DIR.');
  const backend = oneOf('backend', values.backend ?? 'engine', ['engine', 'browser', 'openai'] as const);
  const stray = values.task === undefined && FOR_TASKS.find((name) => values[name] !== undefined);
  if (stray) throw new UsageError(`--${stray} needs a --task.`);
  if (values.task !== undefined && values.adapter !== undefined)
    throw new UsageError('--adapter is for drawn pictures, not for a --task.');
  if (backend === 'openai' && (values.url === undefined || values.model === undefined))
    throw new UsageError('--backend openai needs --url URL and --model NAME.');
  const isFolder = backend !== 'openai' && values.model !== undefined;
  return {
    help,
    task: values.task,
    split: values.split,
    data: typedPath(values.data ?? '.'),
    model: isFolder ? typedPath(values.model ?? '') : (values.model ?? DEFAULT_MODEL),
    variant: values.variant,
    adapter: values.adapter,
    backend,
    device: values.device === undefined ? undefined : oneOf('device', values.device, ['webgpu', 'wasm'] as const),
    url: values.url ?? '',
    parallel: values.parallel === undefined ? undefined : count('parallel', values.parallel),
    limit: values.limit === undefined ? Infinity : count('limit', values.limit),
    shard: values.shard === undefined ? null : parseShard(values.shard),
    predictions: values.predictions === undefined ? undefined : typedPath(values.predictions),
    json: values.json ?? false,
    save: values.save ?? false,
  };
}

export interface ScoreArguments {
  help: boolean;
  task: string;
  split: string | undefined;
  data: string;
  predictions: string[];
  limit: number;
  judge: { url: string; model: string } | null;
  json: boolean;
}

const SCORE_OPTIONS = {
  task: string,
  data: string,
  split: string,
  limit: string,
  'judge-url': string,
  'judge-model': string,
  predictions: { type: 'string', multiple: true },
  json: boolean,
  help: { type: 'boolean', short: 'h' },
} as const;

/** Throws UsageError. */
export function parseScoreArguments(args: string[]): ScoreArguments {
  const values = parse(args, SCORE_OPTIONS);
  const help = values.help ?? false;
  const { task, data, predictions = [], 'judge-url': judgeUrl, 'judge-model': judgeModel } = values;
  if (!help && task === undefined) throw new UsageError('Name the benchmark: --task NAME.');
  if (!help && data === undefined) throw new UsageError('Name the folder with the data: --data DIR.');
  if (!help && predictions.length === 0) throw new UsageError('Name the answers: --predictions FILE.');
  if (judgeModel !== undefined && judgeUrl === undefined) throw new UsageError('--judge-model needs --judge-url.');
  return {
    help,
    task: task ?? '',
    split: values.split,
    data: typedPath(data ?? '.'),
    predictions: predictions.map(typedPath),
    limit: values.limit === undefined ? Infinity : count('limit', values.limit),
    judge: judgeUrl === undefined ? null : { url: judgeUrl, model: judgeModel ?? 'gpt-4-0613' },
    json: values.json ?? false,
  };
}

/** Where the answers of a run go when nobody says. */
export function defaultPredictions(
  run: { task: string; split: string; backend: string; model: string; variant: string; build: string },
  shard: EvalArguments['shard'],
): string {
  const parts = [run.task, run.split, run.backend, run.model, run.variant, run.build.slice(0, 8)];
  if (shard) parts.push(`${shard.index}-of-${shard.count}`);
  const name = parts
    .filter((part) => part !== '')
    .join('_')
    .replace(/[^\w.-]+/g, '-');
  return join(import.meta.dirname, '../../.cache/eval', `${name}.jsonl`);
}
