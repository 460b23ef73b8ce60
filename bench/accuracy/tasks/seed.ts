/** SEED-Bench, image part: four choices, the answer has to be exactly the letter. */
import { fixed, ratio } from '../rules/python.ts';
import type { Row } from '../read/row.ts';
import {
  type Answers,
  type Figures,
  OPTION_LETTER,
  type Outcome,
  type Question,
  type Task,
  type TaskData,
} from '../task.ts';
import { groupBy } from './group.ts';
import { readLlavaQuestions } from './llava.ts';

const LLAVA = 'llava-seed-bench.jsonl';
const OFFICIAL = 'SEED-Bench.json';
const OPTIONS = ['A', 'B', 'C', 'D'] as const;

interface SeedQuestion extends Question {
  answer: string;
  type: string;
}

function score(questions: readonly SeedQuestion[], answers: Answers): Outcome {
  const right = (of: readonly SeedQuestion[]) => of.filter(({ id, answer }) => answers.get(id) === answer).length;
  const percent = (of: readonly SeedQuestion[]) => {
    const share = ratio(right(of), of.length);
    return share === null ? null : share * 100;
  };
  const figures: Figures = Object.fromEntries(
    [...groupBy(questions, ({ type }) => type)].map(([type, group]) => [type, percent(group)]),
  );
  const value = percent(questions);
  return { name: 'accuracy, image part', value, text: value === null ? null : fixed(value, 2), figures };
}

function promptOf(row: Row): string {
  const options = OPTIONS.map((letter) => `${letter}. ${row.text(`choice_${letter.toLowerCase()}`)}`);
  return [row.text('question', 1), ...options, OPTION_LETTER].join('\n');
}

export const seed: Task = {
  name: 'seed',
  title: 'SEED-Bench (image)',
  splits: ['image'],
  published: { image: 14_233 },
  maxTokens: 128,
  async load(data): Promise<TaskData> {
    const file = await data.json(OFFICIAL);
    const types = file.object().row('question_type');
    const names = new Map<number, string>();
    for (const name of types.names()) names.set(types.integer(name), name);
    const prompts = new Map<string, string>();
    if (await data.has(LLAVA))
      for (const { id, prompt } of await readLlavaQuestions(data, LLAVA, '')) prompts.set(id, prompt);
    const videos = new Set<string>();
    const questions = file.rows('questions').flatMap((row): SeedQuestion[] => {
      const id = row.id('question_id');
      if (row.oneOf('data_type', ['image', 'video']) === 'video') {
        videos.add(id);
        return [];
      }
      const type = names.get(row.integer('question_type_id'));
      if (type === undefined) throw row.error('"question_type_id" is not one of "question_type"');
      const prompt = prompts.size > 0 ? prompts.get(id) : promptOf(row);
      if (prompt === undefined) throw row.error(`question ${id} is not in ${LLAVA}`);
      const picture = { path: `SEED-Bench-image/${row.text('data_id', 1)}` };
      return [{ id, picture, prompt, answer: row.oneOf('answer', OPTIONS), type }];
    });
    return { questions, others: videos, score } as TaskData;
  },
};
