/** Free text → yes, no or neither, by the rules of POPE and of MME; and POPE's figures from such answers. */
import { ratio } from './python.ts';

/** eval_pope.py: text up to the first period, commas dropped; "No", "not" or "no" between spaces is no, all else yes. */
export function popeAnswer(text: string): 'yes' | 'no' {
  const [first = ''] = text.split('.', 1);
  const words = first.replaceAll(',', '').split(' ');
  return words.some((word) => word === 'No' || word === 'not' || word === 'no') ? 'no' : 'yes';
}

/** calculation.py of MME: the first four characters decide; neither word in them is wrong either way. */
export function mmeAnswer(text: string): 'yes' | 'no' | 'other' {
  const start = Array.from(text.toLowerCase()).slice(0, 4).join('');
  if (start.includes('yes')) return 'yes';
  return start.includes('no') ? 'no' : 'other';
}

export interface YesNoFigures {
  tp: number;
  fp: number;
  tn: number;
  fn: number;
  /** Shares from 0 to 1; null where the official script divides by zero. */
  accuracy: number | null;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  yes_ratio: number | null;
}

/** The figures of eval_pope.py, with "yes" as the positive answer. */
export function yesNoFigures(pairs: readonly { said: 'yes' | 'no'; label: 'yes' | 'no' }[]): YesNoFigures {
  const count = (said: string, label: string) =>
    pairs.filter((pair) => pair.said === said && pair.label === label).length;
  const [tp, fp, tn, fn] = [count('yes', 'yes'), count('yes', 'no'), count('no', 'no'), count('no', 'yes')];
  const precision = ratio(tp, tp + fp);
  const recall = ratio(tp, tp + fn);
  const f1 = precision === null || recall === null ? null : ratio(2 * precision * recall, precision + recall);
  const accuracy = ratio(tp + tn, pairs.length);
  return { tp, fp, tn, fn, accuracy, precision, recall, f1, yes_ratio: ratio(tp + fp, pairs.length) };
}
