/** `npm run -s eval -- --task NAME --data DIR`: asks a benchmark's questions, keeps the answers, prints the score. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataFolder } from './read/files.ts';
import { defaultPredictions, EVAL_USAGE, type EvalArguments, parseEvalArguments } from './arguments.ts';
import { runCommand } from './command.ts';
import { evaluateDrawn } from './drawn/evaluate.ts';
import { openBrowserPredictor } from './predict/browser.ts';
import { openEnginePredictor } from './predict/engine.ts';
import { openOpenAiPredictor } from './predict/openai.ts';
import { checkPictures, predict } from './predict/predict.ts';
import { PredictionsFile, type RunIdentity, runIdentity } from './predict/predictions-file.ts';
import type { Predictor } from './predict/predictor.ts';
import { Progress } from './predict/progress.ts';
import { select } from './predict/select.ts';
import { makeReport, mergePredictions, reportText, writeSubmission } from './report.ts';
import type { Question } from './task.ts';
import { findSplit, findTask } from './tasks/index.ts';

function openPredictor(words: EvalArguments, signal: AbortSignal): Promise<Predictor> {
  const { backend, model, variant, device, url, parallel } = words;
  switch (backend) {
    case 'engine':
      return openEnginePredictor({ model, variant, signal });
    case 'browser':
      return openBrowserPredictor({ model, variant, device });
    case 'openai':
      return openOpenAiPredictor({ url, model, apiKey: process.env['OPENAI_API_KEY'], parallel, signal });
  }
}

/** Asks what the file does not hold yet. Returns questions per hour, null when nothing was left to ask. */
async function fill(
  file: string,
  run: RunIdentity,
  questions: readonly Question[],
  predictor: Predictor,
  data: DataFolder,
  signal: AbortSignal,
): Promise<number | null> {
  mkdirSync(dirname(file), { recursive: true });
  const predictions = PredictionsFile.open(file, run);
  const left = questions.filter(({ id }) => !predictions.done.has(id));
  if (left.length < questions.length) console.error(`${questions.length - left.length} answers are there already`);
  const progress = new Progress(questions.length, questions.length - left.length, process.stderr);
  try {
    const onAnswer = (prediction: Parameters<PredictionsFile['add']>[0]) => {
      predictions.add(prediction);
      progress.step();
    };
    await predict(left, { data, maxTokens: run.max_tokens, predictor, signal, onAnswer });
  } finally {
    progress.stop();
    predictions.close();
    console.error(`answers: ${file}`);
  }
  return progress.perHour;
}

async function evaluateTask(words: EvalArguments & { task: string }, signal: AbortSignal): Promise<void> {
  const task = findTask(words.task);
  const split = findSplit(task, words.split);
  const data = new DataFolder(words.data);
  const loaded = await task.load(data, split);
  const chosen = select(loaded.questions, words);
  await checkPictures(data, chosen);
  const predictor = await openPredictor(words, signal);
  try {
    const named = { name: task.name, split };
    const run = runIdentity({ ...named, maxTokens: task.maxTokens }, loaded.questions, predictor.identity);
    const file = words.predictions ?? defaultPredictions(run, words.shard);
    const perHour = await fill(file, run, chosen, predictor, data, signal);
    const merged = mergePredictions([file], named, loaded);
    // In the order of the data, which the sums of the official scripts follow.
    const wanted = new Set(chosen);
    const scored = loaded.questions.filter((question) => wanted.has(question));
    const report = makeReport(task, split, loaded, scored, merged);
    const submission = writeSubmission(
      words.shard ? undefined : loaded.submission?.(merged.answers),
      file.replace(/\.jsonl$/, ''),
    );
    const about = { predictions: file, per_hour: perHour === null ? null : Math.round(perHour) };
    console.log(words.json ? JSON.stringify({ ...report, ...about, submission }) : reportText(task.title, report));
  } finally {
    await predictor.close();
  }
}

await runCommand('eval', EVAL_USAGE, async (signal) => {
  const words = parseEvalArguments(process.argv.slice(2));
  const { task } = words;
  if (words.help) console.log(EVAL_USAGE);
  else if (task === undefined) await evaluateDrawn(words);
  else await evaluateTask({ ...words, task }, signal);
});
