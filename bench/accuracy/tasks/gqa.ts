/** GQA testdev_balanced: questions about a scene with one right answer each, compared as text. */
import { fixed, mean } from '../rules/python.ts';
import type { Row } from '../read/row.ts';
import { type Answers, type Outcome, type Question, SHORT_ANSWER, type Task, type TaskData } from '../task.ts';
import { readLlavaQuestions } from './llava.ts';

const LLAVA = 'llava_gqa_testdev_balanced.jsonl';
const OFFICIAL = 'testdev_balanced_questions.json';

interface GqaQuestion extends Question {
  answer: string;
  /** "query" is an open question, everything else one of two answers. */
  open: boolean;
}

/** What convert_gqa_for_eval.py makes of an answer before eval.py compares it. */
export const gqaAnswer = (text: string): string => text.replace(/\.+$/, '').toLowerCase();

function score(questions: readonly GqaQuestion[], answers: Answers): Outcome {
  const right = (of: readonly GqaQuestion[]) =>
    mean(of.map(({ id, answer }) => (gqaAnswer(answers.get(id) ?? '') === answer ? 1 : 0)));
  const percent = (of: readonly GqaQuestion[]) => {
    const share = right(of);
    return share === null ? null : share * 100;
  };
  const value = percent(questions);
  const figures = { binary: percent(questions.filter((q) => !q.open)), open: percent(questions.filter((q) => q.open)) };
  return { name: 'accuracy', value, text: value === null ? null : fixed(value, 2), figures };
}

export const gqa: Task = {
  name: 'gqa',
  title: 'GQA',
  splits: ['testdev_balanced'],
  published: { testdev_balanced: 12_578 },
  maxTokens: 128,
  async load(data): Promise<TaskData> {
    const official = await data.find(`data/${OFFICIAL}`, OFFICIAL);
    const folder = (await data.has('data/images')) ? 'data/images/' : 'images/';
    const golds = new Map((await data.json(official)).entries());
    const gold = (row: Row) => {
      const isOpen = row.row('types').text('structural') === 'query';
      return { answer: row.text('answer'), open: isOpen };
    };
    if (!(await data.has(LLAVA))) {
      const questions = [...golds].map(([id, row]): GqaQuestion => {
        const picture = { path: `${folder}${row.text('imageId', 1)}.jpg` };
        return { id, picture, prompt: `${row.text('question', 1)}\n${SHORT_ANSWER}`, ...gold(row) };
      });
      return { questions, score } as TaskData;
    }
    const asked = await readLlavaQuestions(data, LLAVA, folder);
    const questions = asked.map(({ id, picture, prompt, row }): GqaQuestion => {
      const found = golds.get(id);
      if (!found) throw row.error(`question ${id} is not in ${official}`);
      golds.delete(id);
      return { id, picture, prompt, ...gold(found) };
    });
    for (const [id, row] of golds) throw row.error(`question ${id} is not in ${LLAVA}`);
    return { questions, score } as TaskData;
  },
};
