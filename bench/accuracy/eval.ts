/** `npm run -s eval -- --task NAME --data DIR`: asks a benchmark's questions, keeps the answers, prints the score. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { saveResult } from '../provenance.ts';
import { runAsProgram } from '../../cli/command.ts';
import { defaultPredictions, evalCommand, type EvalWords } from './arguments.ts';
import { checkPictures, predict } from './predict/predict.ts';
import { PredictionsFile, type RunIdentity, runIdentity } from './predict/predictions-file.ts';
import type { Predictor } from './predict/predictor.ts';
import { Progress } from './predict/progress.ts';
import { select } from './predict/select.ts';
import { DataFolder } from './read/files.ts';
import { makeReport, mergePredictions, type Report, reportText, writeSubmission } from './report.ts';
import type { Question } from './task.ts';
import { findSplit, findTask } from './tasks/index.ts';

/** Each kind is imported when it is wanted: a browser driver and an engine take a second or two to read. */
async function openPredictor(words: EvalWords, signal: AbortSignal): Promise<Predictor> {
  const { backend, model, variant, device, url, parallel } = words;
  switch (backend) {
    case 'engine': {
      const { openEnginePredictor } = await import('./predict/engine.ts');
      return openEnginePredictor({ model, variant, parallel: parallel ?? availableParallelism() });
    }
    case 'browser': {
      const { openBrowserPredictor } = await import('./predict/browser.ts');
      return openBrowserPredictor({ model, variant, device });
    }
    case 'openai': {
      const { openOpenAiPredictor } = await import('./predict/openai.ts');
      return openOpenAiPredictor({
        url,
        model,
        apiKey: process.env['OPENAI_API_KEY'],
        parallel: parallel ?? 8,
        signal,
      });
    }
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

function save({ task, split, official, questions, score, run }: Report, perHour: number | null): void {
  if (!run) return;
  const { model, variant, backend, device } = run;
  const per_hour = perHour === null ? null : Math.round(perHour);
  saveResult('benchmark', { model, variant, backend, device, questions, per_hour, task, split, official, score }, task);
}

async function evaluateTask(words: EvalWords & { task: string }, signal: AbortSignal): Promise<void> {
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
    if (words.save) save(report, perHour);
    const about = { predictions: file, per_hour: perHour === null ? null : Math.round(perHour) };
    console.log(words.json ? JSON.stringify({ ...report, ...about, submission }) : reportText(task.title, report));
  } finally {
    await predictor.close();
  }
}

const command = evalCommand(async (words, signal) => {
  const { task } = words;
  if (task === undefined) await (await import('./drawn/evaluate.ts')).evaluateDrawn(words);
  else await evaluateTask({ ...words, task }, signal);
});

await runAsProgram(import.meta.filename, command);
