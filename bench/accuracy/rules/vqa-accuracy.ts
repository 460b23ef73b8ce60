/** One answer and those of ten people → a score from 0 to 1: right when at least three of nine others say the same. */
import { mean } from './python.ts';
import { evalAiAnswer, normaliseVqaAnswer, trimAnswer } from './vqa-answer.ts';

/** Mean over the people, each left out in turn, of min(1, agreeing others / 3). */
function leaveOneOut(said: string, people: readonly string[]): number {
  const agreeing = people.filter((answer) => answer === said).length;
  return mean(people.map((answer) => Math.min(1, (agreeing - (answer === said ? 1 : 0)) / 3))) ?? 0;
}

/**
 * vqaEval.py @a013f00: where all ten people wrote the very same, nothing is normalised, so that case and marks count;
 * elsewhere both sides are.
 */
export function vqaAccuracy(said: string, people: readonly string[]): number {
  const answers = people.map(trimAnswer);
  const answer = trimAnswer(said);
  if (new Set(answers).size <= 1) return leaveOneOut(answer, answers);
  return leaveOneOut(normaliseVqaAnswer(answer), answers.map(normaliseVqaAnswer));
}

/** TextVQAAccuracyEvaluator: both sides always in the normal form of EvalAI. */
export function textVqaAccuracy(said: string, people: readonly string[]): number {
  return leaveOneOut(evalAiAnswer(said), people.map(evalAiAnswer));
}
