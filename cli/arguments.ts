/** What all commands read from their words: the model, how it answers, and a message about the word that is wrong. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { AnswerOptions } from './conversation.ts';
import { DEFAULT_MODEL } from './default-model.ts';
import { typedPath } from './paths.ts';

/** Wrong usage; the message is for the person who typed it. */
export class UsageError extends Error {}

export const MODEL_OPTIONS = {
  model: { type: 'string' },
  variant: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export const ANSWER_OPTIONS = {
  'max-tokens': { type: 'string' },
  temperature: { type: 'string' },
  seed: { type: 'string' },
  adapter: { type: 'string' },
} as const;

export const MODEL_USAGE = `  --model DIR          model folder (default: the mipha-nano that comes along)
  --variant ID         variant of the model (default: what the page takes without WebGPU)`;

export const ANSWER_USAGE = `  --max-tokens N       longest answer in tokens (default: the model's own)
  --temperature T      0 takes the likeliest token each time (default: the model's own)
  --seed N             makes sampling repeatable
  --adapter NAME       an adapter of the model, such as terse (default: none)`;

export function numberOption(name: string, text: string, isFine: (value: number) => boolean, hint: string): number {
  const value = Number(text);
  if (text.trim() === '' || !isFine(value)) throw new UsageError(`--${name} has to be ${hint}, not "${text}".`);
  return value;
}

/** As node:util's parseArgs; throws UsageError. */
export function readWords<T extends NonNullable<ParseArgsConfig['options']>>(
  words: string[],
  options: T,
): ReturnType<typeof parseArgs<{ options: T; allowPositionals: true }>> {
  try {
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch (thrown) {
    throw new UsageError((thrown as Error).message, { cause: thrown });
  }
}

export interface ModelWords {
  help: boolean;
  model: string;
  variant: string | undefined;
}

export function readModelWords(values: {
  model?: string | undefined;
  variant?: string | undefined;
  help?: boolean | undefined;
}): ModelWords {
  const { model, variant, help = false } = values;
  return { help, variant, model: model === undefined ? DEFAULT_MODEL : typedPath(model) };
}

const isCount = (value: number) => Number.isInteger(value) && value >= 1;
const isSeed = (value: number) => Number.isInteger(value) && value >= 0;
const isTemperature = (value: number) => Number.isFinite(value) && value >= 0;

export function readAnswerWords(values: {
  'max-tokens'?: string | undefined;
  temperature?: string | undefined;
  seed?: string | undefined;
  adapter?: string | undefined;
}): AnswerOptions {
  const { 'max-tokens': maxTokens, temperature, seed, adapter } = values;
  const options: AnswerOptions = adapter === undefined ? {} : { adapter };
  if (maxTokens !== undefined)
    options.max_tokens = numberOption('max-tokens', maxTokens, isCount, 'a whole number from 1 on');
  if (temperature !== undefined)
    options.temperature = numberOption('temperature', temperature, isTemperature, 'a number from 0 on');
  if (seed !== undefined) options.seed = numberOption('seed', seed, isSeed, 'a whole number from 0 on');
  return options;
}
