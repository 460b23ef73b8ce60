/** Free text → the letter of one of several choices, by the rules of three official scripts. */
import { splitWords } from './python.ts';

export const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

const SCIENCE_LETTERS = LETTERS.slice(0, 5);

/**
 * eval_science_qa.py: a bare letter, a letter followed by ". ", or the only "The answer is X." in the text. Null when
 * none fits or the question has no such choice; both count as wrong.
 */
export function scienceQaChoice(text: string, choices: number): number | null {
  let letter = '';
  if (SCIENCE_LETTERS.includes(text)) letter = text;
  else if (/^[A-E]\. /.test(text)) letter = text.charAt(0);
  else {
    const found = [...text.matchAll(/The answer is ([A-Z])[^\n]/g)];
    if (found.length === 1) letter = found[0]?.[1] ?? '';
  }
  const index = SCIENCE_LETTERS.slice(0, choices).indexOf(letter);
  return index < 0 ? null : index;
}

const REFUSALS = [
  "Sorry, I can't help with images of people yet.",
  "I can't process this file.",
  "I'm sorry, but without the image provided",
  'Cannot determine the answer',
];

function letterInText(text: string, letters: readonly string[]): string | null {
  if (text.includes('Failed to obtain answer via API')) return null;
  if (REFUSALS.some((refusal) => text.includes(refusal))) return 'Z';
  const words = splitWords(text.replace(/[.()[\],:;!*#{}]/g, ' '));
  const named = letters.filter((letter) => words.includes(letter));
  if (named.length === 1) return named[0] ?? null;
  return named.length === 0 && words.includes('Z') ? 'Z' : null;
}

/**
 * `can_infer` of VLMEvalKit @18fc37a, its "exact matching" without a judge: the only choice whose letter stands as a word
 * in the text, else the only one whose text does. 'Z' for a refusal, null for neither; both count as wrong.
 */
export function mmBenchChoice(text: string, choices: ReadonlyMap<string, string>): string | null {
  const letter = letterInText(text, [...choices.keys()]);
  if (letter !== null) return letter;
  const lower = text.toLowerCase();
  const named = [...choices].filter(([, choice]) => lower.includes(choice.toLowerCase()));
  return named.length === 1 ? (named[0]?.[0] ?? null) : null;
}
