/** `npm run -s score -- --task NAME --data DIR --predictions FILE`: answers that were kept → the official score. */
import { runAsProgram, UsageError } from '../../cli/command.ts';
import { scoreCommand, type ScoreWords } from './arguments.ts';
import { gradeAll, gradedOutcome, readJudgePrompt } from './judge.ts';
import { openServerModel } from './predict/openai.ts';
import { Progress } from './predict/progress.ts';
import { DataFolder } from './read/files.ts';
import { makeReport, type Merged, mergePredictions, reportText, writeSubmission } from './report.ts';
import type { Question } from './task.ts';
import { findSplit, findTask } from './tasks/index.ts';
import type { MmVetQuestion } from './tasks/mmvet.ts';

/** The outcome by a judge, for the one task that has one. */
async function judged(
  words: ScoreWords & { judge: object },
  questions: readonly Question[],
  merged: Merged,
  signal: AbortSignal,
) {
  if (words.task !== 'mmvet') throw new UsageError('--judge-url is for --task mmvet.');
  const prompt = await readJudgePrompt(new DataFolder(words.data));
  const judge = await openServerModel({ ...words.judge, apiKey: process.env['OPENAI_API_KEY'], signal });
  const file = `${stem(words)}.grades.jsonl`;
  const progress = new Progress(questions.length, 0, process.stderr);
  try {
    const asked = questions as readonly MmVetQuestion[];
    const options = { prompt, judge, file, signal, onGrade: () => progress.step() };
    return gradedOutcome(asked, await gradeAll(asked, merged.answers, options));
  } finally {
    progress.stop();
    await judge.close();
    console.error(`grades: ${file}`);
  }
}

/** Files that belong to the predictions begin with this. */
const stem = ({ predictions }: ScoreWords) => (predictions[0] ?? '').replace(/\.jsonl$/, '');

async function score(words: ScoreWords, signal: AbortSignal): Promise<void> {
  const task = findTask(words.task);
  const split = findSplit(task, words.split);
  const data = await task.load(new DataFolder(words.data), split);
  const merged = mergePredictions(words.predictions, { name: task.name, split }, data);
  const questions = data.questions.slice(0, words.limit);
  const { judge } = words;
  const outcome = judge && (await judged({ ...words, judge }, questions, merged, signal));
  const report = makeReport(task, split, outcome ? { ...data, score: () => outcome } : data, questions, merged);
  const submission = writeSubmission(data.submission?.(merged.answers), stem(words));
  console.log(words.json ? JSON.stringify({ ...report, submission }) : reportText(task.title, report));
}

await runAsProgram(import.meta.filename, scoreCommand(score));
