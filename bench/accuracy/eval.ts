/** A folder of pictures and questions → how many answers of a model are right, through the engine that ships. */
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { numberOption, UsageError } from '../../cli/arguments.ts';
import { collect } from '../../cli/conversation.ts';
import { openEngine } from '../../cli/node-engine.ts';
import { DEFAULT_MODEL, typedPath } from '../../cli/paths.ts';
import { AppError, asAppError } from '../../contract/errors.ts';
import { parseQuestions, type Question } from './questions.ts';
import { isRight } from './score.ts';
import { Score, scoreTable } from './tally.ts';

const USAGE = `Usage: npm run -s eval -- --data DIR [options]

DIR holds questions.jsonl, one {"image", "question", "answer", "skill"} a line; image paths are relative to DIR.

  --model DIR        model folder (default: public/models/mipha-nano)
  --variant ID       variant of the model (default: what the page takes without WebGPU)
  --limit N          only the first N questions
  --predictions FILE write every reply and its judgement, one JSON object a line
  --json             the result as one JSON object instead of a table`;

interface EvalArguments {
  data: string;
  model: string;
  variant: string | undefined;
  limit: number;
  predictions: string | undefined;
  json: boolean;
}

function parse(words: string[]): EvalArguments {
  const string = { type: 'string' } as const;
  const options = { data: string, model: string, variant: string, limit: string, predictions: string } as const;
  const { values } = parseArgs({ args: words, options: { ...options, json: { type: 'boolean' } } });
  if (values.data === undefined) throw new UsageError('Name the folder with questions.jsonl: --data DIR.');
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  return {
    data: typedPath(values.data),
    model: values.model === undefined ? DEFAULT_MODEL : typedPath(values.model),
    variant: values.variant,
    limit:
      values.limit === undefined ? Infinity : numberOption('limit', values.limit, isCount, 'a whole number from 1 on'),
    predictions: values.predictions === undefined ? undefined : typedPath(values.predictions),
    json: values.json ?? false,
  };
}

async function readQuestions(data: string): Promise<Question[]> {
  try {
    return parseQuestions(await readFile(join(data, 'questions.jsonl'), 'utf8'));
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError('request-invalid', `There is no readable questions.jsonl in ${data}.`, {}, thrown);
  }
}

/** One line on stderr every few seconds: how far, how good so far, how long still. */
function progressLine(total: number, score: Score): () => void {
  const started = performance.now();
  let shown = started;
  return () => {
    const now = performance.now();
    const { correct, total: done } = score.all;
    if (done === 0 || (now - shown < 5000 && done < total)) return;
    shown = now;
    const left = (((now - started) / done) * (total - done)) / 60_000;
    console.error(`${done}/${total}  ${((100 * correct) / done).toFixed(1)} % right  ${left.toFixed(1)} min left`);
  };
}

async function evaluate(words: EvalArguments): Promise<void> {
  const questions = (await readQuestions(words.data)).slice(0, words.limit);
  const engine = await openEngine(words);
  const { manifest, variant, selfTestError } = engine.parts;
  const log = words.predictions === undefined ? null : createWriteStream(words.predictions);
  const score = new Score();
  const report = progressLine(questions.length, score);
  const started = performance.now();
  let image = { path: '', blob: new Blob() };
  for (const { image: path, question, answer, skill } of questions) {
    // Questions about one picture stand together, and the engine keeps its features.
    if (image.path !== path) image = { path, blob: new Blob([await readFile(join(words.data, path))]) };
    const content = [
      { type: 'image' as const, image: image.blob },
      { type: 'text' as const, text: question },
    ];
    const reply = await collect(engine, { temperature: 0, messages: [{ role: 'user', content }] });
    const right = isRight(reply.text, answer, skill);
    score.add(skill, right);
    log?.write(`${JSON.stringify({ image: path, question, answer, skill, reply: reply.text, right })}\n`);
    report();
  }
  if (log) await new Promise((closed) => log.end(closed));
  const about = { model: manifest.id, revision: manifest.source.revision, variant: variant.id };
  const seconds = Math.round((performance.now() - started) / 1000);
  const result = { ...about, skills: score.skills, all: score.all, seconds, self_test_error: selfTestError };
  console.log(words.json ? JSON.stringify(result) : `${manifest.id}, ${variant.id}\n${scoreTable(score)}`);
}

async function main(): Promise<number> {
  try {
    await evaluate(parse(process.argv.slice(2)));
    return 0;
  } catch (thrown) {
    const isUsage = thrown instanceof UsageError || (thrown as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    console.error(isUsage ? `eval: ${(thrown as Error).message}\n\n${USAGE}` : `eval: ${asAppError(thrown).message}`);
    return isUsage ? 2 : 1;
  }
}

const status = await main();
process.stdout.write('', () => process.exit(status));
