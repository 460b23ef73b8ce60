/** The text of questions.jsonl → questions with their expected answers. */
import { AppError } from '../../../contract/errors.ts';

export interface Question {
  /** Path of the picture, relative to the folder of questions.jsonl. */
  image: string;
  question: string;
  /** The word or phrase that makes a reply right. */
  answer: string;
  skill: string;
}

const FIELDS = ['image', 'question', 'answer', 'skill'] as const;

function parseLine(line: string, number: number): Question {
  const fail = (detail: string) =>
    new AppError('request-invalid', `questions.jsonl line ${number}: ${detail}.`, { line: number });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw fail('is not JSON');
  }
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  for (const name of FIELDS) {
    if (typeof fields[name] !== 'string' || fields[name] === '') throw fail(`"${name}" has to be a non-empty string`);
  }
  const { image, question, answer, skill } = fields as unknown as Question;
  return { image, question, answer, skill };
}

/** Blank lines are skipped, further fields ignored. Throws `request-invalid` with the number of the bad line. */
export function parseQuestions(text: string): Question[] {
  const questions = text
    .split(/\r?\n/)
    .flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line.replace(/^\uFEFF/, ''), i + 1)]));
  if (questions.length === 0) throw new AppError('request-invalid', 'questions.jsonl holds no question.', {});
  return questions;
}
