/** Predictions files of one run + the benchmark's data → its official score, with everything that qualifies it. */
import { writeFileSync } from 'node:fs';
import { readPredictions, checkSameRun, type RunIdentity, runIdentity } from './predict/predictions-file.ts';
import { dataError } from './read/row.ts';
import type { Answers, Figures, Outcome, Question, Submission, Task, TaskData } from './task.ts';
import { uniqueIds } from './tasks/llava.ts';

export interface Report {
  task: string;
  split: string;
  score: Pick<Outcome, 'name' | 'value' | 'text'>;
  figures: Figures;
  /** Questions that were scored; one without an answer counts as wrong. */
  questions: number;
  missing: number;
  /** Questions of the whole split. */
  of: number;
  /** Whether the number may stand beside published ones: all questions of the published set, all answered. */
  official: boolean;
  /** Null for answers that other scripts wrote. */
  run: RunIdentity | null;
}

export interface Merged {
  answers: Answers;
  run: RunIdentity | null;
}

function textOf(value: Record<string, unknown>, file: string, line: number): string {
  if (typeof value['text'] === 'string') return value['text'];
  throw dataError(file, line, '"text" has to be a text');
}

/** The id of a line of LLaVA's answers, which may be a number and may stand there more than once. */
function foreignId(value: Record<string, unknown>, file: string, line: number): string {
  const id = value['question_id'];
  if (typeof id === 'string' || typeof id === 'number') return String(id);
  throw dataError(file, line, 'has neither "id" nor "question_id"');
}

/**
 * Puts the shards of a run together. Throws `request-invalid` with file and line: files of different runs, other
 * questions than those of the data, an unknown id, two different answers to one question.
 */
export function mergePredictions(
  files: readonly string[],
  task: { name: string; split: string },
  data: Pick<TaskData, 'questions' | 'others'>,
): Merged {
  const { questions, others } = data;
  const known = new Set(questions.map(({ id }) => id));
  const answers = new Map<string, string>();
  const unique = uniqueIds();
  let run: RunIdentity | null = null;
  for (const file of files) {
    const read = readPredictions(file);
    if (read.run) {
      const { backend, model, build, variant, device, max_tokens } = run ?? read.run;
      const wanted = runIdentity({ ...task, maxTokens: max_tokens }, questions, {
        backend,
        model,
        build,
        variant,
        device,
      });
      checkSameRun(file, read.run, wanted);
      run = read.run;
    }
    for (const { line, value } of read.lines) {
      const id = typeof value['id'] === 'string' ? value['id'] : unique(foreignId(value, file, line));
      const text = textOf(value, file, line);
      if (others?.has(id)) continue;
      if (!known.has(id)) throw dataError(file, line, `there is no question ${id} in the data`);
      const other = answers.get(id);
      if (other !== undefined && other !== text)
        throw dataError(file, line, `question ${id} has two different answers`);
      answers.set(id, text);
    }
  }
  return { answers, run };
}

/** Scores `questions`, all of the split or a part of it. Pure. */
export function makeReport(
  task: Task,
  split: string,
  data: TaskData,
  questions: readonly Question[],
  merged: Merged,
): Report {
  const { figures, ...score } = data.score(questions, merged.answers);
  const missing = questions.filter(({ id }) => !merged.answers.has(id)).length;
  const of = data.questions.length;
  const published = task.published[split];
  const official = missing === 0 && questions.length === of && (published === undefined || published === of);
  return {
    task: task.name,
    split,
    score,
    figures,
    questions: questions.length,
    missing,
    of,
    official,
    run: merged.run,
  };
}

/** Writes what a server wants, beside the predictions; the file's name, or null where there is nothing to send. */
export function writeSubmission(submission: Submission | undefined, stem: string): string | null {
  if (!submission) return null;
  const file = `${stem}.${submission.suffix}`;
  writeFileSync(file, submission.text);
  console.error(`for ${submission.destination}: ${file}`);
  return file;
}

function figureLines(figures: Figures, indent = '  '): string[] {
  return Object.entries(figures).flatMap(([name, value]) => {
    if (typeof value === 'object' && value !== null) return [`${indent}${name}`, ...figureLines(value, `${indent}  `)];
    return [`${indent}${name}: ${value ?? 'not defined'}`];
  });
}

/** The report for people. */
export function reportText(title: string, report: Report): string {
  const { score, split, questions, of, missing, official } = report;
  const value = score.text ?? 'not computed here';
  const notes = [
    `${questions} of ${of} questions`,
    ...(missing > 0 ? [`${missing} without an answer, counted as wrong`] : []),
  ];
  if (!official) notes.push('not comparable with published numbers');
  return [`${title}, ${split}: ${score.name} ${value} (${notes.join('; ')})`, ...figureLines(report.figures)].join(
    '\n',
  );
}
