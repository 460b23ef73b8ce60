/** MME: two yes-or-no questions a picture; points for each right answer and again where both are right. */
import { readdir } from 'node:fs/promises';
import { ratio } from '../rules/python.ts';
import { mmeAnswer } from '../rules/yes-no.ts';
import type { DataFolder } from '../read/files.ts';
import { dataError } from '../read/row.ts';
import {
  type Answers,
  type Figures,
  type Outcome,
  type Question,
  SHORT_ANSWER,
  type Task,
  type TaskData,
} from '../task.ts';
import { groupBy } from './group.ts';
import { readLlavaQuestions, uniqueIds } from './llava.ts';

const LLAVA = 'llava_mme.jsonl';
const RELEASE = 'MME_Benchmark_release_version';
const YES_OR_NO = 'Please answer yes or no.';
const PERCEPTION = 'existence count position color posters celebrity scene landmark artwork OCR'.split(' ');
const COGNITION = 'commonsense_reasoning numerical_calculation text_translation code_reasoning'.split(' ');

interface MmeQuestion extends Question {
  category: string;
  /** Name of the text file with both questions of a picture. */
  file: string;
  label: 'yes' | 'no';
}

interface Gold {
  question: string;
  label: 'yes' | 'no';
}

/** 100 * acc + 100 * acc_plus, added in the official order; null for a category without questions. */
function categoryScore(questions: readonly MmeQuestion[], answers: Answers): Figures {
  const isRight = ({ id, label }: MmeQuestion) => mmeAnswer(answers.get(id) ?? '') === label;
  const pictures = [...groupBy(questions, ({ file }) => file).values()];
  const acc = ratio(questions.filter(isRight).length, questions.length);
  const acc_plus = ratio(pictures.filter((pair) => pair.length === 2 && pair.every(isRight)).length, pictures.length);
  const other = questions.filter(({ id }) => mmeAnswer(answers.get(id) ?? '') === 'other').length;
  return { score: acc === null || acc_plus === null ? null : acc * 100 + acc_plus * 100, acc, acc_plus, other };
}

function score(questions: readonly MmeQuestion[], answers: Answers): Outcome {
  const byCategory = groupBy(questions, ({ category }) => category);
  const total = (categories: readonly string[], into: Figures) => {
    let sum: number | null = 0;
    for (const category of categories) {
      const figures = categoryScore(byCategory.get(category) ?? [], answers);
      into[category] = figures;
      const part = figures['score'] as number | null;
      sum = sum === null || part === null ? null : sum + part;
    }
    return sum;
  };
  const perception: Figures = {};
  const cognition: Figures = {};
  const value = total(PERCEPTION, perception);
  const figures: Figures = { perception: value, cognition: total(COGNITION, cognition), ...perception, ...cognition };
  return { name: 'perception', value, text: value === null ? null : String(value), figures };
}

/** Folders of a category: some keep pictures and questions apart. */
async function foldersOf(data: DataFolder, root: string, category: string) {
  const folder = `${root}/${category}`;
  const apart = await data.has(`${folder}/images`);
  return apart
    ? { images: `${folder}/images`, texts: `${folder}/questions_answers_YN` }
    : { images: folder, texts: folder };
}

async function readText(data: DataFolder, name: string): Promise<Gold[]> {
  const lines = (await data.text(name)).split('\n').map((line) => line.trim());
  const golds = lines.flatMap((line, i): Gold[] => {
    if (line === '') return [];
    const [question, answer, ...rest] = line.split('\t');
    const label = answer?.toLowerCase();
    if (question === undefined || rest.length > 0 || (label !== 'yes' && label !== 'no'))
      throw dataError(name, i + 1, 'is not a question, a tab and "Yes" or "No"');
    return [{ question, label }];
  });
  if (golds.length !== 2) throw dataError(name, null, `has ${golds.length} questions where a picture has two`);
  return golds;
}

async function readCategory(data: DataFolder, root: string, category: string): Promise<MmeQuestion[]> {
  const { images, texts } = await foldersOf(data, root, category);
  const names = (await readdir(data.resolve(images))).sort();
  const files = (await readdir(data.resolve(texts))).filter((name) => name.endsWith('.txt')).sort();
  if (files.length === 0) throw dataError(texts, null, 'holds no question');
  const questions: MmeQuestion[] = [];
  const unique = uniqueIds();
  for (const file of files) {
    const stem = file.slice(0, -'.txt'.length);
    const image = names.find((name) => name !== file && name.slice(0, name.lastIndexOf('.')) === stem);
    if (image === undefined) throw dataError(`${texts}/${file}`, null, `there is no picture ${stem}.* in ${images}`);
    for (const { question, label } of await readText(data, `${texts}/${file}`)) {
      const prompt = `${question.replaceAll(YES_OR_NO, '').trim()}\n${SHORT_ANSWER}`;
      const id = unique(`${category}/${image}`);
      questions.push({ id, picture: { path: `${images}/${image}` }, prompt, category, file, label });
    }
  }
  return questions;
}

/** The label of a prompt, looked up as convert_answer_to_mme.py does: the sentence it lacks may follow one space or two. */
function findLabel(golds: ReadonlyMap<string, 'yes' | 'no'>, key: string, prompt: string): 'yes' | 'no' | undefined {
  const question = prompt.includes(SHORT_ANSWER) ? prompt.replaceAll(SHORT_ANSWER, '').trim() : prompt;
  if (question.includes(YES_OR_NO)) return golds.get(key + question);
  return golds.get(`${key}${question} ${YES_OR_NO}`) ?? golds.get(`${key}${question}  ${YES_OR_NO}`);
}

async function readLlava(data: DataFolder, root: string): Promise<MmeQuestion[]> {
  const golds = new Map<string, 'yes' | 'no'>();
  for (const category of [...PERCEPTION, ...COGNITION]) {
    const { texts } = await foldersOf(data, root, category);
    for (const file of (await readdir(data.resolve(texts))).filter((name) => name.endsWith('.txt')))
      for (const { question, label } of await readText(data, `${texts}/${file}`))
        golds.set(`${category}/${file}\n${question}`, label);
  }
  return (await readLlavaQuestions(data, LLAVA, `${root}/`)).map(({ id, question_id, picture, prompt, row }) => {
    const parts = question_id.split('/');
    const category = parts[0] ?? '';
    const file = `${parts.at(-1)?.split('.')[0]}.txt`;
    const label = findLabel(golds, `${category}/${file}\n`, prompt);
    if (label === undefined) throw row.error(`"${prompt}" is not in ${category}/${file}`);
    return { id, picture, prompt, category, file, label };
  });
}

export const mme: Task = {
  name: 'mme',
  title: 'MME',
  splits: ['test'],
  published: { test: 2374 },
  maxTokens: 128,
  async load(data): Promise<TaskData> {
    const found = await data.find(`${RELEASE}/MME_Benchmark/existence`, `${RELEASE}/existence`, 'existence');
    const root = found.slice(0, -'/existence'.length) || '.';
    for (const category of [...PERCEPTION, ...COGNITION]) await data.find(`${root}/${category}`);
    if (await data.has(LLAVA)) return { questions: await readLlava(data, root), score } as TaskData;
    const questions: MmeQuestion[] = [];
    for (const category of [...PERCEPTION, ...COGNITION]) questions.push(...(await readCategory(data, root, category)));
    return { questions, score } as TaskData;
  },
};
