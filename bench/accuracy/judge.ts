/** Answers to MM-Vet + a language model that grades them → the official total, with every grade kept on disk. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { ServerModel } from './predict/openai.ts';
import type { DataFolder } from './read/files.ts';
import { dataError } from './read/row.ts';
import { fixed, mean, splitWords } from './rules/python.ts';
import type { Answers, Outcome } from './task.ts';
import type { MmVetQuestion } from './tasks/mmvet.ts';

/** Beside mm-vet.json: the official evaluator, from whose text the grading prompt is taken. */
const EVALUATOR = 'mm-vet_evaluator.py';
const AGAIN = '\nPredict the correctness of the answer (digit): ';
/** How often an unreadable grade is asked for again, each time with more temperature; then it is 0. */
const MOST_TRIES = 5;

interface Grade {
  id: string;
  /** The graded answer: another answer needs another grade. */
  text: string;
  judge: string;
  content: string;
  score: number;
}

export async function readJudgePrompt(data: DataFolder): Promise<string> {
  const source = await data.text(EVALUATOR);
  const prompt = /^prompt = """([\s\S]*?)"""/m.exec(source)?.[1];
  if (prompt === undefined || prompt.includes('\\')) throw dataError(EVALUATOR, null, 'has no grading prompt');
  return prompt;
}

/** A grade as the official script reads it: the first word has to be a number from 0 to 1. */
export function readGrade(content: string): number | null {
  const word = splitWords(content.split(' ')[0] ?? '').join(' ');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)) return null;
  const score = Number(word);
  return score >= 0 && score <= 1 ? score : null;
}

function gradingText(prompt: string, { question, answer }: MmVetQuestion, said: string): string {
  const truth = answer.replaceAll('<AND>', ' <AND> ').replaceAll('<OR>', ' <OR> ');
  return `${prompt}\n${[question, truth, said, ''].join(' | ')}`;
}

async function gradeOne(
  judge: ServerModel,
  text: string,
  signal: AbortSignal,
): Promise<Pick<Grade, 'content' | 'score'>> {
  const ask = async (question: string, temperature: number) => {
    const content = [{ type: 'text' as const, text: question }];
    const reply = await judge.ask({ messages: [{ role: 'user', content }], temperature, max_tokens: 3 }, signal);
    signal.throwIfAborted();
    return reply.text;
  };
  let content = await ask(text, 0);
  for (let tries = 1; tries < MOST_TRIES; tries++) {
    const score = readGrade(content);
    if (score !== null) return { content, score };
    content = await ask(text + AGAIN, (tries - 1) * 0.5);
  }
  return { content, score: readGrade(content) ?? 0 };
}

function readGrades(file: string, judge: string): Map<string, Grade> {
  const grades = new Map<string, Grade>();
  if (!existsSync(file)) return grades;
  const text = readFileSync(file, 'utf8');
  // A grade that was half written is asked for again.
  for (const [i, line] of text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .entries()) {
    if (line === '') continue;
    let grade: Grade;
    try {
      grade = JSON.parse(line) as Grade;
    } catch (cause) {
      throw dataError(file, i + 1, 'is not JSON', cause);
    }
    if (grade.judge === judge) grades.set(grade.id, grade);
  }
  return grades;
}

export interface JudgeOptions {
  prompt: string;
  judge: ServerModel;
  /** Where grades are kept; those that are there are not asked for again. */
  file: string;
  signal: AbortSignal;
  onGrade: () => void;
}

/** Grades every answer; a question without one has the empty answer, as in the official evaluator. */
export async function gradeAll(
  questions: readonly MmVetQuestion[],
  answers: Answers,
  { prompt, judge, file, signal, onGrade }: JudgeOptions,
): Promise<Map<string, number>> {
  const known = readGrades(file, judge.id);
  const scores = new Map<string, number>();
  for (const question of questions) {
    const { id } = question;
    const text = answers.get(id) ?? '';
    let grade = known.get(id);
    if (grade?.text !== text) {
      grade = { id, text, judge: judge.id, ...(await gradeOne(judge, gradingText(prompt, question, text), signal)) };
      const isCut = existsSync(file) && !readFileSync(file, 'utf8').endsWith('\n');
      appendFileSync(file, `${isCut ? '\n' : ''}${JSON.stringify(grade)}\n`);
    }
    scores.set(id, grade.score);
    onGrade();
  }
  return scores;
}

/** The total and the score of each capability, in percent. */
export function gradedOutcome(questions: readonly MmVetQuestion[], scores: ReadonlyMap<string, number>): Outcome {
  const percent = (of: readonly MmVetQuestion[]) => {
    const share = mean(of.map(({ id }) => scores.get(id) ?? 0));
    return share === null ? null : share * 100;
  };
  const capabilities = [...new Set(questions.flatMap((question) => question.capabilities))].sort();
  const figures = Object.fromEntries(
    capabilities.map((name) => [name, percent(questions.filter((question) => question.capabilities.includes(name)))]),
  );
  const value = percent(questions);
  // The official script rounds a NumPy number: times ten, to the nearest even whole, and back.
  const text = value === null ? null : (Number(fixed(value * 10, 0)) / 10).toFixed(1);
  return { name: 'total', value, text, figures };
}
