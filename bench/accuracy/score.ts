/** `npm run -s score -- --task NAME --data DIR --predictions FILE`: answers that were kept → the official score. */
import { writeFileSync } from 'node:fs';
import { parseScoreArguments, SCORE_USAGE, type ScoreArguments } from './arguments.ts';
import { runCommand } from './command.ts';
import { DataFolder } from './read/files.ts';
import { makeReport, mergePredictions, reportText } from './report.ts';
import { findSplit, findTask } from './tasks/index.ts';

async function score(words: ScoreArguments): Promise<void> {
  const task = findTask(words.task);
  const split = findSplit(task, words.split);
  const data = await task.load(new DataFolder(words.data), split);
  const merged = mergePredictions(words.predictions, { name: task.name, split }, data);
  const report = makeReport(task, split, data, data.questions.slice(0, words.limit), merged);
  const submission = data.submission?.(merged.answers);
  const first = words.predictions[0] ?? '';
  const submissionFile = submission && `${first.replace(/\.jsonl$/, '')}.${submission.suffix}`;
  if (submission && submissionFile) {
    writeFileSync(submissionFile, submission.text);
    console.error(`for ${submission.destination}: ${submissionFile}`);
  }
  const full = { ...report, submission: submissionFile ?? null };
  console.log(words.json ? JSON.stringify(full) : reportText(task.title, report));
}

await runCommand('score', SCORE_USAGE, async () => {
  const words = parseScoreArguments(process.argv.slice(2));
  if (words.help) console.log(SCORE_USAGE);
  else await score(words);
});
