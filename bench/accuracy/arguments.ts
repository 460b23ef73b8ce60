/** The words behind `eval` and `score` → what to do, or a message about the word that is wrong. */
import { join } from 'node:path';
import { type Command, defineCommand, oneOf, repeated, UsageError, wholeFrom } from '../../cli/command.ts';
import { DEFAULT_MODEL } from '../../cli/default-model.ts';
import { typedPath } from '../../cli/paths.ts';
import { parseShard, type Selection } from './predict/select.ts';

export interface EvalWords extends Selection {
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

/** Options that make no sense for a folder of drawn pictures. */
const FOR_TASKS = ['split', 'backend', 'device', 'url', 'parallel', 'shard'] as const;

const BACKENDS = ['engine', 'browser', 'openai'] as const;
const DEVICES = ['webgpu', 'wasm'] as const;
const TASKS = 'vqav2, gqa, vizwiz, scienceqa, textvqa, pope, mme, mmbench, seed or mmvet';

/** `eval`; reading its words throws UsageError, or `request-invalid` for a wrong shard. */
export const evalCommand = (run: Command<EvalWords>['run']) =>
  defineCommand({
    name: 'eval',
    call: 'npm run -s eval --',
    words: '[--task NAME] --data DIR [options]',
    about: `With a task: asks the questions of a published benchmark, writes each answer to a file at once, and scores them.
A run that was stopped goes on where it was.

Without one: DIR holds questions.jsonl, one {"image", "question", "answer", "skill"} a line (image paths relative to
DIR), and the answers are counted by skill.`,
    more: 'An API key, where the server wants one, is taken from OPENAI_API_KEY.',
    syntax: (blank) =>
      blank
        .option('--task <NAME>', TASKS)
        .option('--data <DIR>', "the benchmark's files as they are published (bench/README.md says which)", typedPath)
        .option('--split <NAME>', 'another split than the one whose numbers are published')
        .option(
          '--model <DIR>',
          "model folder (default: the mipha-nano that comes along); a server's name of the model",
        )
        .option('--variant <ID>', 'variant of the model (default: what the page takes without WebGPU)')
        .option('--adapter <NAME>', 'an adapter of the model, for drawn pictures (default: none)')
        .option(
          '--backend <NAME>',
          "engine (here, on the CPU), browser (the built page's worker) or openai (a server) (default: engine)",
          oneOf(BACKENDS),
        )
        .option(
          '--device <NAME>',
          'webgpu or wasm, for --backend browser (default: what the page would take)',
          oneOf(DEVICES),
        )
        .option('--url <URL>', 'address of an OpenAI-compatible server, for example http://localhost:8000/v1')
        .option(
          '--parallel <N>',
          `questions asked at a time: engines here, one core and one copy of the weights each (default: as many as there
are cores), or requests to a server (default: 8)`,
          wholeFrom(1),
        )
        .option('--limit <N>', 'only the first N questions', wholeFrom(1))
        .option(
          '--shard <I/N>',
          'only every N-th picture, beginning with the I-th (from 0); score joins the files',
          (text: string) => parseShard(text),
        )
        .option('--predictions <FILE>', 'where the answers go (default: .cache/eval/, named after the run)', typedPath)
        .option('--json', 'the result as one JSON object', false)
        .option('--save', 'also write it to bench/results/, from which docs/benchmarks.md is made', false),
    read(options): EvalWords {
      const { task, split, data, model, variant, adapter, backend = 'engine', device, url = '', parallel } = options;
      if (data === undefined) throw new UsageError('Name the folder with the data: --data DIR.');
      const stray = task === undefined && FOR_TASKS.find((name) => options[name] !== undefined);
      if (stray) throw new UsageError(`--${stray} needs a --task.`);
      if (task !== undefined && adapter !== undefined)
        throw new UsageError('--adapter is for drawn pictures, not for a --task.');
      if (backend === 'openai' && (url === '' || model === undefined))
        throw new UsageError('--backend openai needs --url URL and --model NAME.');
      return {
        task,
        split,
        data,
        variant,
        adapter,
        backend,
        device,
        url,
        parallel,
        model: model === undefined ? DEFAULT_MODEL : backend === 'openai' ? model : typedPath(model),
        limit: options.limit ?? Infinity,
        shard: options.shard ?? null,
        predictions: options.predictions,
        json: options.json,
        save: options.save,
      };
    },
    run,
  });

export interface ScoreWords {
  task: string;
  split: string | undefined;
  data: string;
  predictions: string[];
  limit: number;
  judge: { url: string; model: string } | null;
  json: boolean;
}

/** The model that grades MM-Vet officially. */
const JUDGE = 'gpt-4-0613';

/** `score`; reading its words throws UsageError. */
export const scoreCommand = (run: Command<ScoreWords>['run']) =>
  defineCommand({
    name: 'score',
    call: 'npm run -s score --',
    words: '--task NAME --data DIR --predictions FILE [--predictions FILE ...] [options]',
    about:
      "Scores answers that were written before: by eval (all its shards together) or by LLaVA's scripts. Asks no model.",
    syntax: (blank) =>
      blank
        .option('--task <NAME>', TASKS)
        .option('--data <DIR>', "the benchmark's files as they are published (bench/README.md says which)", typedPath)
        .option(
          '--predictions <FILE>',
          'answers that eval wrote; repeat it for shards',
          repeated(typedPath),
          [] as string[],
        )
        .option('--split <NAME>', 'another split than the one whose numbers are published')
        .option('--limit <N>', 'score the first N questions alone', wholeFrom(1))
        .option(
          '--judge-url <URL>',
          'MM-Vet: grade the answers with an OpenAI-compatible server, for example https://api.openai.com/v1',
        )
        .option('--judge-model <NAME>', `MM-Vet: the grading model (default: ${JUDGE}, the official one)`)
        .option('--json', 'the result as one JSON object', false),
    read({ task, split, data, predictions, limit = Infinity, judgeUrl, judgeModel, json }): ScoreWords {
      if (task === undefined) throw new UsageError('Name the benchmark: --task NAME.');
      if (data === undefined) throw new UsageError('Name the folder with the data: --data DIR.');
      if (predictions.length === 0) throw new UsageError('Name the answers: --predictions FILE.');
      if (judgeModel !== undefined && judgeUrl === undefined) throw new UsageError('--judge-model needs --judge-url.');
      const judge = judgeUrl === undefined ? null : { url: judgeUrl, model: judgeModel ?? JUDGE };
      return { task, split, data, predictions, limit, judge, json };
    },
    run,
  });

/** Where the answers of a run go when nobody says. */
export function defaultPredictions(
  run: { task: string; split: string; backend: string; model: string; variant: string; build: string },
  shard: EvalWords['shard'],
): string {
  const parts = [run.task, run.split, run.backend, run.model, run.variant, run.build.slice(0, 8)];
  if (shard) parts.push(`${shard.index}-of-${shard.count}`);
  const name = parts
    .filter((part) => part !== '')
    .join('_')
    .replace(/[^\w.-]+/g, '-');
  return join(import.meta.dirname, '../../.cache/eval', `${name}.jsonl`);
}
