/** POPE: "Is there a … in the image?", three times over with ever more tempting absent things. */
import { fixed, mean } from '../rules/python.ts';
import { popeAnswer, yesNoFigures } from '../rules/yes-no.ts';
import {
  type Answers,
  type Figures,
  type Outcome,
  type Question,
  SHORT_ANSWER,
  type Task,
  type TaskData,
} from '../task.ts';
import type { DataFolder } from '../read/files.ts';
import { type LlavaQuestion, readLlavaQuestions } from './llava.ts';

const LLAVA = 'llava_pope_test.jsonl';
const CATEGORIES = ['adversarial', 'popular', 'random'] as const;
type Category = (typeof CATEGORIES)[number];

interface PopeQuestion extends Question {
  category: Category;
  label: 'yes' | 'no';
}

function score(questions: readonly PopeQuestion[], answers: Answers): Outcome {
  const figures: Figures = {};
  const f1s: (number | null)[] = [];
  for (const category of CATEGORIES) {
    const pairs = questions
      .filter((question) => question.category === category)
      .map(({ id, label }) => ({ said: popeAnswer(answers.get(id) ?? ''), label }));
    if (pairs.length === 0) continue;
    const table = yesNoFigures(pairs);
    figures[category] = { ...table };
    f1s.push(table.f1);
  }
  const defined = f1s.filter((f1) => f1 !== null);
  const share = defined.length === f1s.length ? mean(defined) : null;
  const value = share === null ? null : 100 * share;
  return { name: 'F1, mean of the splits', value, text: value === null ? null : fixed(value, 1), figures };
}

/** An answer that was never given would be read as "yes"; eval.ts and score.ts report such gaps beside the score. */
async function readLabels(data: DataFolder, category: Category) {
  const file = await data.find(`coco/coco_pope_${category}.json`, `coco_pope_${category}.json`);
  return data.lines(file);
}

/** The official script pairs answers with labels by order alone; here each pair has to be about the same thing. */
async function pairUp(data: DataFolder, asked: readonly LlavaQuestion[], category: Category): Promise<PopeQuestion[]> {
  const labels = await readLabels(data, category);
  const questions = asked.filter(({ row }) => row.text('category') === category);
  return Array.from({ length: Math.max(labels.length, questions.length) }, (_, i): PopeQuestion => {
    const question = questions[i];
    const label = labels[i];
    if (!question) throw (label ?? labels[0])!.error(`${LLAVA} has only ${questions.length} ${category} questions`);
    if (!label) throw question.row.error(`there are only ${labels.length} labels for ${category}`);
    const isSame =
      label.text('image') === question.row.text('image') && question.prompt.startsWith(label.text('text', 1));
    if (!isSame) throw question.row.error(`is not the question of ${label.file} line ${label.line()}`);
    const { id, picture, prompt } = question;
    return { id, picture, prompt, category, label: label.oneOf('label', ['yes', 'no']) };
  });
}

async function fromLabels(data: DataFolder, category: Category): Promise<PopeQuestion[]> {
  return (await readLabels(data, category)).map((row) => {
    const picture = { path: `val2014/${row.text('image', 1)}` };
    const prompt = `${row.text('text', 1)}\n${SHORT_ANSWER}`;
    const id = `${category}/${row.id('question_id')}`;
    return { id, picture, prompt, category, label: row.oneOf('label', ['yes', 'no']) };
  });
}

export const pope: Task = {
  name: 'pope',
  title: 'POPE',
  splits: ['test'],
  published: { test: 8910 },
  maxTokens: 128,
  async load(data): Promise<TaskData> {
    const questions: PopeQuestion[] = [];
    if (await data.has(LLAVA)) {
      const asked = await readLlavaQuestions(data, LLAVA, 'val2014/');
      for (const { row } of asked) row.oneOf('category', CATEGORIES);
      for (const category of CATEGORIES) questions.push(...(await pairUp(data, asked, category)));
    } else {
      for (const category of CATEGORIES) questions.push(...(await fromLabels(data, category)));
    }
    return { questions, score } as TaskData;
  },
};
