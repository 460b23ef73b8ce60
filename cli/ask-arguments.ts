/** The words of a command line → what to ask, or a message about the word that is wrong. */
import { parseArgs } from 'node:util';
import { DEFAULT_MODEL, typedPath } from './paths.ts';
import type { AnswerOptions } from './conversation.ts';

export const USAGE = `Usage: npm run -s ask -- --image FILE "QUESTION" ["FOLLOW-UP" ...]

Asks about a picture (PNG or JPEG) and prints the answer. Several questions are one conversation.

  --image FILE         the picture; repeat it to show more than one
  --model DIR          model folder (default: public/models/mipha-nano)
  --variant ID         variant of the model (default: what the page takes without WebGPU)
  --max-tokens N       longest answer in tokens (default: the model's own)
  --temperature T      0 takes the likeliest token each time (default: the model's own)
  --seed N             makes sampling repeatable
  --json               one JSON object per answer, with token counts and times
  --help               this text

Exit status: 0 answered, 1 failed, 2 wrong usage, 130 stopped.`;

/** Wrong usage; the message is for the person who typed it. */
export class UsageError extends Error {}

export interface AskArguments {
  help: boolean;
  images: string[];
  questions: string[];
  model: string;
  variant: string | undefined;
  json: boolean;
  options: AnswerOptions;
}

const OPTIONS = {
  image: { type: 'string', multiple: true },
  model: { type: 'string' },
  variant: { type: 'string' },
  'max-tokens': { type: 'string' },
  temperature: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function numberOption(name: string, text: string, isFine: (value: number) => boolean, hint: string): number {
  const value = Number(text);
  if (text.trim() === '' || !isFine(value)) throw new UsageError(`--${name} has to be ${hint}, not "${text}".`);
  return value;
}

const isCount = (value: number) => Number.isInteger(value) && value >= 1;
const isSeed = (value: number) => Number.isInteger(value) && value >= 0;
const isTemperature = (value: number) => Number.isFinite(value) && value >= 0;

function parse(words: string[]) {
  try {
    return parseArgs({ args: words, options: OPTIONS, allowPositionals: true });
  } catch (thrown) {
    throw new UsageError((thrown as Error).message, { cause: thrown });
  }
}

/** Throws UsageError. */
export function parseAskArguments(words: string[]): AskArguments {
  const { values, positionals } = parse(words);
  const { 'max-tokens': maxTokens, temperature, seed } = values;
  const options: AnswerOptions = {};
  if (maxTokens !== undefined)
    options.max_tokens = numberOption('max-tokens', maxTokens, isCount, 'a whole number from 1 on');
  if (temperature !== undefined)
    options.temperature = numberOption('temperature', temperature, isTemperature, 'a number from 0 on');
  if (seed !== undefined) options.seed = numberOption('seed', seed, isSeed, 'a whole number from 0 on');
  const help = values.help ?? false;
  const images = values.image ?? [];
  if (!help && images.length === 0) throw new UsageError('Name a picture with --image FILE.');
  if (!help && positionals.length === 0) throw new UsageError('Ask something: put a question in quotes at the end.');
  return {
    help,
    images: images.map(typedPath),
    questions: positionals,
    model: values.model === undefined ? DEFAULT_MODEL : typedPath(values.model),
    variant: values.variant,
    json: values.json ?? false,
    options,
  };
}
