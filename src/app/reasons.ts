/** A sentence about a model and this device → the same in the person's language. */
import { readReason } from '../../contract/reasons.ts';
import { fill, language, number, words } from './language.ts';

const SIZE = /^([\d.]+) (MB|GB)$/;

/** A size as the language writes it; anything else as it is. */
function written(value: string): string {
  const [, amount, unit] = SIZE.exec(value) ?? [];
  if (amount === undefined) return /^\d+$/.test(value) ? number(Number(value)) : value;
  const style = { style: 'unit', unit: unit === 'GB' ? 'gigabyte' : 'megabyte' } as const;
  return Number(amount).toLocaleString(language(), { ...style, maximumFractionDigits: 1 });
}

/** Sentences that stand in another one. */
const partsOf = (value: string): string =>
  value
    .split(/(?<=\.) (?=[A-Z])/)
    .map((sentence) => inOwnWords(sentence) ?? sentence)
    .join(' ');

/** Null for a sentence that is known in English only. */
export function inOwnWords(sentence: string): string | null {
  const found = readReason(sentence);
  if (found === null) return null;
  const { reason, values } = found;
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    name === 'why' || name === 'failure' ? partsOf(value) : written(value),
  ]);
  return fill(words().why[reason], Object.fromEntries(entries) as Record<string, string>);
}
