/** ScienceQA test: school questions with two to five choices; the published number is of those with a picture. */
import { LETTERS, scienceQaChoice } from '../rules/choice.ts';
import { fixed, ratio } from '../rules/python.ts';
import type { DataFolder } from '../read/files.ts';
import type { Row } from '../read/row.ts';
import { type Answers, OPTION_LETTER, type Outcome, type Question, type Task, type TaskData } from '../task.ts';

const LLAVA = 'llava_test_CQM-A.json';

interface ScienceQuestion extends Question {
  answer: number;
  choices: number;
}

function score(questions: readonly ScienceQuestion[], answers: Answers): Outcome {
  const accuracy = (of: readonly ScienceQuestion[]) => {
    const right = of.filter(
      ({ id, choices, answer }) => scienceQaChoice(answers.get(id) ?? 'FAILED', choices) === answer,
    );
    const share = ratio(right.length, of.length);
    return share === null ? null : share * 100;
  };
  const value = accuracy(questions.filter(({ picture }) => picture !== null));
  const text = value === null ? null : fixed(value, 2);
  return { name: 'IMG accuracy', value, text, figures: { all: accuracy(questions) } };
}

/** The wording of LLaVA's converter (format CQM-A) for those who have the official files alone. */
function promptOf(problem: Row): string {
  const context = problem.text('hint').trim() || 'N/A';
  const choices = problem.texts('choices').map((choice, i) => `(${LETTERS[i]}) ${choice}`);
  const text = `Context: ${context}\nQuestion: ${problem.text('question')}\nOptions: ${choices.join(' ')}\n`;
  return text.replaceAll('  ', ' ').trim();
}

/** What LLaVA's file asks, by problem. */
async function readLlava(data: DataFolder): Promise<Map<string, { prompt: string; image: string | null }>> {
  const asked = new Map<string, { prompt: string; image: string | null }>();
  for (const row of (await data.json(LLAVA)).rows()) {
    const [first] = row.rows('conversations');
    if (!first) throw row.error('"conversations" is empty');
    const prompt = first.text('value').replaceAll('<image>', '').trim();
    asked.set(row.id('id'), { prompt, image: row.has('image') ? row.text('image', 1) : null });
  }
  return asked;
}

export const scienceqa: Task = {
  name: 'scienceqa',
  title: 'ScienceQA (IMG)',
  splits: ['test-img', 'test'],
  published: { 'test-img': 2017, test: 4241 },
  maxTokens: 1024,
  async load(data, split): Promise<TaskData> {
    const problems = new Map((await data.json('problems.json')).entries());
    const splits = (await data.json('pid_splits.json')).object();
    const asked = (await data.has(LLAVA)) ? await readLlava(data) : null;
    const questions = splits.texts('test').map((id): ScienceQuestion => {
      const problem = problems.get(id);
      if (!problem) throw splits.error(`problem ${id} of "test" is not in problems.json`);
      const fromProblem = () => {
        return { prompt: promptOf(problem), image: problem.has('image') ? `${id}/${problem.text('image', 1)}` : null };
      };
      const found = asked ? asked.get(id) : fromProblem();
      if (!found) throw problem.error(`problem ${id} is not in ${LLAVA}`);
      const picture = found.image === null ? null : { path: `images/test/${found.image}` };
      const choices = problem.texts('choices').length;
      return { id, picture, prompt: `${found.prompt}\n${OPTION_LETTER}`, answer: problem.integer('answer'), choices };
    });
    const wanted = split === 'test' ? questions : questions.filter(({ picture }) => picture !== null);
    const others = new Set(questions.filter((question) => !wanted.includes(question)).map(({ id }) => id));
    return { questions: wanted, others, score } as TaskData;
  },
};
