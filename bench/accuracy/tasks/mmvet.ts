/** MM-Vet: open questions whose answers a language model grades; the grading itself is in judge.ts and opt-in. */
import type { Answers, Question, Task, TaskData } from '../task.ts';

export interface MmVetQuestion extends Question {
  question: string;
  answer: string;
  capabilities: string[];
}

export const mmvet: Task = {
  name: 'mmvet',
  title: 'MM-Vet',
  splits: ['test'],
  published: { test: 218 },
  maxTokens: 1024,
  async load(data): Promise<TaskData> {
    const entries = (await data.json('mm-vet.json')).entries();
    const questions = entries.map(([id, row]): MmVetQuestion => {
      const question = row.text('question', 1);
      const picture = { path: `images/${row.text('imagename', 1)}` };
      const capabilities = row.texts('capability');
      return { id, picture, prompt: question, question, answer: row.text('answer', 1), capabilities };
    });
    const submission = (answers: Answers) => {
      const results = Object.fromEntries(questions.map(({ id }) => [id, answers.get(id) ?? '']));
      const text = JSON.stringify(results, null, 2);
      return { suffix: 'mmvet-results.json', text, destination: 'the official MM-Vet evaluator' };
    };
    return { questions, score: () => ({ name: 'total', value: null, text: null, figures: {} }), submission };
  },
};
