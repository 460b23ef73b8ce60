/** The text of questions.jsonl → questions with their expected answers. */
import { AppError } from '../../../contract/errors.ts';

export interface Question {
  /** Path of the picture, relative to the folder of questions.jsonl. */
  image: string;
  question: string;
  /** The word or phrase that makes a reply right. */
  answer: string;
  skill: string;
  /** What was asked and answered before, in the same conversation. */
  before?: { question: string; answer: string }[];
  /** What a description is checked against. */
  scene?: Scene;
}

/** What a picture shows. */
export interface Scene {
  things: { shape: string; color: string; place: string }[];
  texts: string[];
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
  const { image, question, answer, skill, before, scene } = fields as unknown as Question;
  const isTurn = (turn: unknown): boolean => {
    const { question: asked, answer: answered } = Object(turn) as Record<string, unknown>;
    return typeof asked === 'string' && typeof answered === 'string';
  };
  if (before !== undefined && !(Array.isArray(before) && before.every(isTurn)))
    throw fail('"before" has to be a list of questions and answers');
  if (scene !== undefined && !(Array.isArray(Object(scene).things) && Array.isArray(Object(scene).texts)))
    throw fail('"scene" has to hold things and texts');
  return { image, question, answer, skill, ...(before && { before }), ...(scene && { scene }) };
}

/** Blank lines are skipped, further fields ignored. Throws `request-invalid` with the number of the bad line. */
export function parseQuestions(text: string): Question[] {
  const questions = text
    .split(/\r?\n/)
    .flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line.replace(/^\uFEFF/, ''), i + 1)]));
  if (questions.length === 0) throw new AppError('request-invalid', 'questions.jsonl holds no question.', {});
  return questions;
}
