/** VQAv2: open questions about COCO pictures; test-dev is scored by a server, val here by the official rule. */
import { fixed, mean } from '../rules/python.ts';
import { evalAiAnswer } from '../rules/vqa-answer.ts';
import { vqaAccuracy } from '../rules/vqa-accuracy.ts';
import type { DataFolder } from '../read/files.ts';
import { dataError, type Row } from '../read/row.ts';
import { type Answers, type Outcome, type Question, SHORT_ANSWER, type Task, type TaskData } from '../task.ts';
import { groupBy } from './group.ts';
import { readLlavaQuestions } from './llava.ts';

const QUESTIONS = 'v2_OpenEnded_mscoco_test-dev2015_questions.json';
const ALL_QUESTIONS = 'v2_OpenEnded_mscoco_test2015_questions.json';
const LLAVA = 'llava_vqav2_mscoco_test-dev2015.jsonl';
const LLAVA_ALL = 'llava_vqav2_mscoco_test2015.jsonl';

interface Annotated extends Question {
  people: string[];
  question_type: string;
  answer_type: string;
}

function toQuestion(row: Row, folder: string): Question {
  const file = `COCO_${folder}_${String(row.integer('image_id')).padStart(12, '0')}.jpg`;
  const prompt = `${row.text('question', 1)}\n${SHORT_ANSWER}`;
  return { id: row.id('question_id'), picture: { path: `${folder}/${file}` }, prompt };
}

/** The ids of a whole test set: the server wants every one of them, with '' where nothing was asked. */
async function submittedIds(data: DataFolder): Promise<string[]> {
  const name = await data.find(LLAVA_ALL, ALL_QUESTIONS);
  const rows = name === LLAVA_ALL ? await data.lines(name) : (await data.json(name)).rows('questions');
  return rows.map((row) => row.id('question_id'));
}

async function loadTestDev(data: DataFolder): Promise<TaskData> {
  const name = await data.find(LLAVA, QUESTIONS);
  const questions =
    name === LLAVA
      ? await readLlavaQuestions(data, name, 'test2015/')
      : (await data.json(name)).rows('questions').map((row) => toQuestion(row, 'test2015'));
  const ids = await submittedIds(data);
  const known = new Set(ids);
  const stranger = questions.find(({ id }) => !known.has(id));
  if (stranger) throw dataError(name, null, `question ${stranger.id} is not part of test2015`);
  const submission = (answers: Answers) => {
    const results = ids.map((id) => ({ question_id: Number(id), answer: evalAiAnswer(answers.get(id) ?? '') }));
    return { suffix: 'vqav2-submission.json', text: JSON.stringify(results), destination: 'EvalAI challenge 830' };
  };
  return { questions, score: () => ({ name: 'accuracy', value: null, text: null, figures: {} }), submission };
}

export function scoreVqa(questions: readonly Annotated[], answers: Answers): Outcome {
  const scores = questions.map((question) => vqaAccuracy(answers.get(question.id) ?? '', question.people));
  const percent = (of: readonly number[]) => (of.length === 0 ? null : 100 * (mean(of) ?? 0));
  const value = percent(scores);
  const by = (key: 'question_type' | 'answer_type') =>
    Object.fromEntries(
      [
        ...groupBy(
          questions.map((question, i) => ({ name: question[key], score: scores[i] ?? 0 })),
          ({ name }) => name,
        ),
      ]
        .map(([name, group]) => [name, percent(group.map(({ score }) => score))] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const figures = { per_answer_type: by('answer_type'), per_question_type: by('question_type') };
  return { name: 'accuracy', value, text: value === null ? null : fixed(value, 2), figures };
}

async function loadVal(data: DataFolder): Promise<TaskData<Annotated>> {
  const annotations = new Map<string, Row>();
  for (const row of (await data.json('v2_mscoco_val2014_annotations.json')).rows('annotations'))
    annotations.set(row.id('question_id'), row);
  const rows = (await data.json('v2_OpenEnded_mscoco_val2014_questions.json')).rows('questions');
  const questions = rows.map((row): Annotated => {
    const question = toQuestion(row, 'val2014');
    const annotation = annotations.get(question.id);
    if (!annotation) throw row.error(`question ${question.id} has no annotation`);
    const people = annotation.rows('answers').map((answer) => answer.text('answer'));
    const types = { question_type: annotation.text('question_type'), answer_type: annotation.text('answer_type') };
    return { ...question, ...types, people };
  });
  return { questions, score: scoreVqa };
}

export const vqav2: Task = {
  name: 'vqav2',
  title: 'VQAv2',
  splits: ['test-dev', 'val'],
  published: { 'test-dev': 107_394, val: 214_354 },
  maxTokens: 128,
  load: (data, split) => (split === 'val' ? loadVal(data) : loadTestDev(data)) as Promise<TaskData>,
};
