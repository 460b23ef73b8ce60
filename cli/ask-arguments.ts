/** The words of a command line → what to ask, or a message about the word that is wrong. */
import {
  ANSWER_OPTIONS,
  ANSWER_USAGE,
  MODEL_OPTIONS,
  MODEL_USAGE,
  type ModelWords,
  readAnswerWords,
  readModelWords,
  readWords,
  UsageError,
} from './arguments.ts';
import type { AnswerOptions } from './conversation.ts';
import { typedPath } from './paths.ts';
import { PICTURE_KINDS } from './picture-kinds.ts';

export const USAGE = `Usage: mipha-web ask --image FILE "QUESTION" ["FOLLOW-UP" ...]

Asks about a picture (${PICTURE_KINDS}) and prints the answer. Several questions are one conversation.

  --image FILE         the picture; repeat it to show more than one
${MODEL_USAGE}
${ANSWER_USAGE}
  --json               one JSON object per answer, with token counts and times
  --help               this text

Exit status: 0 answered, 1 failed, 2 wrong usage, 130 stopped.`;

export interface AskArguments extends ModelWords {
  images: string[];
  questions: string[];
  json: boolean;
  options: AnswerOptions;
}

const OPTIONS = {
  ...MODEL_OPTIONS,
  ...ANSWER_OPTIONS,
  image: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const;

/** Throws UsageError. */
export function parseAskArguments(words: string[]): AskArguments {
  const { values, positionals } = readWords(words, OPTIONS);
  const common = readModelWords(values);
  const options = readAnswerWords(values);
  const images = values.image ?? [];
  if (!common.help && images.length === 0) throw new UsageError('Name a picture with --image FILE.');
  if (!common.help && positionals.length === 0)
    throw new UsageError('Ask something: put a question in quotes at the end.');
  return { ...common, images: images.map(typedPath), questions: positionals, json: values.json ?? false, options };
}
