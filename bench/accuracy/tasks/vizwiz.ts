/** VizWiz: questions that blind people asked about their photos; test is scored by a server, val here. */
import { evalAiAnswer } from '../rules/vqa-answer.ts';
import type { DataFolder } from '../read/files.ts';
import { type Answers, SHORT_ANSWER, type Task, type TaskData } from '../task.ts';
import { readLlavaQuestions } from './llava.ts';
import { scoreVqa } from './vqav2.ts';

const LLAVA = 'llava_test.jsonl';

const prompt = (question: string): string =>
  `${question}\nWhen the provided information is insufficient, respond with 'Unanswerable'.\n${SHORT_ANSWER}`;

/** `test.json` and `val.json` give no ids; a picture has one question, so its name is one. */
async function readOfficial(data: DataFolder, split: string) {
  return (await data.json(`${split}.json`)).rows().map((row) => {
    const image = row.text('image', 1);
    return { id: image, picture: { path: `${split}/${image}` }, prompt: prompt(row.text('question', 1)), row };
  });
}

async function loadTest(data: DataFolder): Promise<TaskData> {
  const fromLlava = (await data.find(LLAVA, 'test.json')) === LLAVA;
  const questions = fromLlava ? await readLlavaQuestions(data, LLAVA, 'test/') : await readOfficial(data, 'test');
  const submission = (answers: Answers) => {
    const results = questions.map(({ id, row }) => {
      return { image: row.text('image'), answer: evalAiAnswer(answers.get(id) ?? '') };
    });
    return { suffix: 'vizwiz-submission.json', text: JSON.stringify(results), destination: 'EvalAI challenge 2185' };
  };
  return { questions, score: () => ({ name: 'accuracy', value: null, text: null, figures: {} }), submission };
}

/** A stand-in: papers print the server's number of the test split. The rule is that of VQAv2. */
async function loadVal(data: DataFolder) {
  const questions = (await readOfficial(data, 'val')).map((question) => {
    const people = question.row.rows('answers').map((answer) => answer.text('answer'));
    return { ...question, people, question_type: 'all', answer_type: question.row.text('answer_type') };
  });
  return { questions, score: scoreVqa };
}

export const vizwiz: Task = {
  name: 'vizwiz',
  title: 'VizWiz',
  splits: ['test', 'val'],
  published: { test: 8000, val: 4319 },
  maxTokens: 128,
  load: (data, split) => (split === 'val' ? loadVal(data) : loadTest(data)) as Promise<TaskData>,
};
