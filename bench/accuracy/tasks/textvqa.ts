/** TextVQA val 0.5.1: reading in photos; the prompt lists what an OCR system saw, as in the published runs. */
import { fixed, mean } from '../rules/python.ts';
import { textVqaAccuracy } from '../rules/vqa-accuracy.ts';
import type { Row } from '../read/row.ts';
import type { Answers, Outcome, Question, Task, TaskData } from '../task.ts';
import { readLlavaQuestions } from './llava.ts';

const LLAVA = 'llava_textvqa_val_v051_ocr.jsonl';
const OFFICIAL = 'TextVQA_0.5.1_val.json';

interface TextVqaQuestion extends Question {
  people: string[];
}

/** The question inside a prompt, in lower case, found as eval_textvqa.py finds it; null where that gives up. */
export function questionInPrompt(prompt: string): string | null {
  const lines = prompt.split('\n');
  if (prompt.startsWith('OCR tokens: ')) {
    const found = /Question: ([\s\S]*?) Short answer:/.exec(prompt);
    return found?.[1]?.toLowerCase() ?? null;
  }
  if (prompt.includes('Reference OCR token: ') && lines.length === 3) {
    const question = prompt.startsWith('Reference OCR token:') ? lines[1] : lines[0];
    return question?.toLowerCase() ?? null;
  }
  return lines.length === 2 ? (lines[0]?.toLowerCase() ?? null) : null;
}

function score(questions: readonly TextVqaQuestion[], answers: Answers): Outcome {
  const share = mean(questions.map(({ id, people }) => textVqaAccuracy(answers.get(id) ?? '', people)));
  const value = share === null ? null : 100 * share;
  return { name: 'accuracy', value, text: value === null ? null : fixed(value, 2), figures: {} };
}

const keyOf = (image: string, question: string) => `${image}\n${question}`;

export const textvqa: Task = {
  name: 'textvqa',
  title: 'TextVQA',
  splits: ['val'],
  published: { val: 5000 },
  maxTokens: 128,
  async load(data): Promise<TaskData> {
    const annotations = new Map<string, Row>();
    for (const row of (await data.json(OFFICIAL)).rows('data'))
      annotations.set(keyOf(row.text('image_id', 1), row.text('question', 1).toLowerCase()), row);
    const questions = (await readLlavaQuestions(data, LLAVA, 'train_images/')).map((asked): TextVqaQuestion => {
      const { id, picture, prompt, question_id, row } = asked;
      const question = questionInPrompt(prompt);
      if (question === null) throw row.error('"text" is not a prompt that the official script understands');
      const annotation = annotations.get(keyOf(question_id, question));
      if (!annotation) throw row.error(`"${question}" about ${question_id} is not in ${OFFICIAL}`);
      const people = annotation.texts('answers');
      if (people.length !== 10) throw annotation.error(`"answers" has to hold 10 answers, not ${people.length}`);
      return { id, picture, prompt, people };
    });
    return { questions, score } as TaskData;
  },
};
