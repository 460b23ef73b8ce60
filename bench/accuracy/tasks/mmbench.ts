/** MMBench: choices in rotated order (CircularEval); a question counts only when every rotation is answered right. */
import { LETTERS, mmBenchChoice } from '../rules/choice.ts';
import { fixed, ratio } from '../rules/python.ts';
import type { DataFolder } from '../read/files.ts';
import { dataError } from '../read/row.ts';
import { parseTsv, type TsvRow } from '../read/tsv.ts';
import { type Answers, OPTION_LETTER, type Outcome, type Question, type Task, type TaskData } from '../task.ts';
import { groupBy } from './group.ts';

const FILES: Readonly<Record<string, readonly string[]>> = {
  dev: ['mmbench_dev_20230712.tsv', 'MMBench_DEV_EN.tsv'],
  dev_cn: ['mmbench_dev_cn_20231003.tsv', 'MMBench_DEV_CN.tsv'],
};
const SUFFIX: Readonly<Record<string, string>> = { dev: OPTION_LETTER, dev_cn: '请直接回答选项字母。' };
/** Rotations of question 7 have the indices 1000007, 2000007, … */
const ROTATION = 1_000_000;
/** An image field that is no longer than this is the index of another row, whose picture is meant. */
const LONGEST_REFERENCE = 64;

interface MmBenchQuestion extends Question {
  index: number;
  choices: ReadonlyMap<string, string>;
  answer: string;
  category: string;
  ability: string;
}

function score(questions: readonly MmBenchQuestion[], answers: Answers): Outcome {
  const isRight = ({ id, choices, answer }: MmBenchQuestion) =>
    mmBenchChoice(answers.get(id) ?? '', choices) === answer;
  const circles = [...groupBy(questions, ({ index }) => index % ROTATION).values()];
  const percent = (of: readonly MmBenchQuestion[][]) => {
    const share = ratio(of.filter((rotations) => rotations.every(isRight)).length, of.length);
    return share === null ? null : share * 100;
  };
  const by = (key: 'category' | 'ability') =>
    Object.fromEntries(
      [...groupBy(circles, ([first]) => first?.[key] ?? '')].map(([name, group]) => [name, percent(group)]),
    );
  const single = percent(questions.filter(({ index }) => index < ROTATION).map((question) => [question]));
  const value = percent(circles);
  const figures = { questions: circles.length, without_rotations: single, ...by('ability'), ...by('category') };
  return { name: 'CircularEval accuracy', value, text: value === null ? null : fixed(value, 1), figures };
}

/** A missing value or the words nan and none end the list of choices, as in LLaVA's script. */
const isNone = (value: string | null): value is null => value === null || /^(nan|none)$/i.test(value);

function choicesOf(row: TsvRow): Map<string, string> {
  const choices = new Map<string, string>();
  for (const letter of LETTERS.slice(0, 4)) {
    const choice = row.get(letter);
    if (isNone(choice)) break;
    choices.set(letter, choice);
  }
  return choices;
}

function toQuestion(row: TsvRow, file: string, suffix: string): MmBenchQuestion {
  const wanted = (column: string) => {
    const value = row.get(column);
    if (value === null) throw dataError(file, row.line, `"${column}" is empty`);
    return value;
  };
  const index = Number(wanted('index'));
  if (!Number.isSafeInteger(index) || index < 0) throw dataError(file, row.line, '"index" has to be a whole number');
  const choices = choicesOf(row);
  const answer = wanted('answer');
  if (!choices.has(answer)) throw dataError(file, row.line, `"answer" is ${answer}, which is not one of the choices`);
  const hint = row.get('hint');
  const head = isNone(hint) ? wanted('question') : `${hint}\n${wanted('question')}`;
  const lines = [head, ...[...choices].map(([letter, choice]) => `${letter}. ${choice}`), suffix];
  const names = { category: row.get('category') ?? '', ability: row.get('l2-category') ?? '' };
  const picture = { base64: wanted('image') };
  return { id: String(index), index, picture, prompt: lines.join('\n'), choices, answer, ...names };
}

/** Puts pictures in the place of references to them. */
function resolvePictures(questions: MmBenchQuestion[], lines: readonly number[], file: string): void {
  const byIndex = new Map(questions.map((question) => [question.id, question]));
  for (const [i, question] of questions.entries()) {
    const { base64 } = question.picture as { base64: string };
    if (base64.length > LONGEST_REFERENCE) continue;
    const target = byIndex.get(base64)?.picture as { base64: string } | undefined;
    if (!target || target.base64.length <= LONGEST_REFERENCE)
      throw dataError(file, lines[i] ?? null, `"image" is neither a picture nor the index of a row that has one`);
    question.picture = target;
  }
}

async function load(data: DataFolder, split: string): Promise<TaskData> {
  const file = await data.find(...(FILES[split] ?? []));
  const rows = parseTsv(await data.text(file), file);
  const questions = rows.map((row) => toQuestion(row, file, SUFFIX[split] ?? OPTION_LETTER));
  resolvePictures(
    questions,
    rows.map(({ line }) => line),
    file,
  );
  const seen = new Set<number>();
  for (const [i, { index }] of questions.entries()) {
    if (seen.has(index)) throw dataError(file, rows[i]?.line ?? null, `index ${index} stands there twice`);
    seen.add(index);
  }
  for (const [i, { index }] of questions.entries())
    if (!seen.has(index % ROTATION))
      throw dataError(file, rows[i]?.line ?? null, `is a rotation of ${index % ROTATION}, which is not there`);
  return { questions, score } as TaskData;
}

export const mmbench: Task = {
  name: 'mmbench',
  title: 'MMBench',
  splits: ['dev', 'dev_cn'],
  published: {},
  maxTokens: 1024,
  load,
};
