/** The options that several commands share: the model, and how it answers. */
import { Option } from '@commander-js/extra-typings';
import { number, wholeFrom } from './command.ts';
import type { AnswerOptions } from './conversation.ts';
import { DEFAULT_MODEL } from './default-model.ts';
import { typedPath } from './paths.ts';

export const MODEL = new Option('--model <DIR>', 'model folder (default: the mipha-nano that comes along)').argParser(
  typedPath,
);
export const VARIANT = new Option(
  '--variant <ID>',
  'variant of the model (default: what the page takes without WebGPU)',
);

const isTemperature = (value: number) => Number.isFinite(value) && value >= 0;
export const MAX_TOKENS = new Option(
  '--max-tokens <N>',
  "longest answer in tokens (default: the model's own)",
).argParser(wholeFrom(1));
export const TEMPERATURE = new Option(
  '--temperature <T>',
  "0 takes the likeliest token each time (default: the model's own)",
).argParser(number(isTemperature, 'a number from 0 on'));
export const SEED = new Option('--seed <N>', 'makes sampling repeatable').argParser(wholeFrom(0));
export const ADAPTER = new Option('--adapter <NAME>', 'an adapter of the model, such as terse (default: none)');

export interface ModelWords {
  model: string;
  variant: string | undefined;
}

export function modelWords({ model, variant }: { model?: string; variant?: string }): ModelWords {
  return { variant, model: model ?? DEFAULT_MODEL };
}

/** What was typed, as a request has it; what was not stays with the model. */
export function answerWords({
  maxTokens,
  temperature,
  seed,
  adapter,
}: {
  maxTokens?: number;
  temperature?: number;
  seed?: number;
  adapter?: string;
}): AnswerOptions {
  return {
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed }),
    ...(adapter === undefined ? {} : { adapter }),
  };
}
