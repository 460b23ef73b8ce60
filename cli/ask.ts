/** `mipha-web ask --image FILE "QUESTION"`: the engine's answer, written to the terminal as it comes. */
import { readFile } from 'node:fs/promises';
import { AppError, toWire } from '../contract/errors.ts';
import {
  ADAPTER,
  answerWords,
  MAX_TOKENS,
  MODEL,
  modelWords,
  type ModelWords,
  SEED,
  TEMPERATURE,
  VARIANT,
} from './arguments.ts';
import { defineCommand, repeated, UsageError } from './command.ts';
import { type AnswerOptions, Conversation } from './conversation.ts';
import { openEngine } from './node-engine.ts';
import { PICTURE_KINDS } from './picture-kinds.ts';
import { typedPath } from './paths.ts';

interface AskWords extends ModelWords {
  images: string[];
  questions: string[];
  json: boolean;
  options: AnswerOptions;
}

export async function readImage(path: string): Promise<Blob> {
  try {
    return new Blob([await readFile(path)]);
  } catch (cause) {
    throw new AppError('image-broken', `The picture ${path} cannot be read. Is the path right?`, {}, cause);
  }
}

/** Asks all questions in one conversation and prints each answer. */
async function askAll(words: AskWords, signal: AbortSignal): Promise<void> {
  const images = await Promise.all(words.images.map(readImage));
  const engine = await openEngine({ model: words.model, variant: words.variant, signal });
  try {
    const conversation = new Conversation(engine, images, words.options);
    for (const question of words.questions) {
      if (!words.json && words.questions.length > 1) console.error(`> ${question}`);
      const onText = words.json ? undefined : (text: string) => process.stdout.write(text);
      const answer = await conversation.ask(question, signal, onText);
      console.log(words.json ? JSON.stringify({ question, ...answer }) : '');
      if (answer.finish_reason === 'cancelled') return;
    }
  } finally {
    await engine.dispose();
  }
}

export const ask = defineCommand({
  name: 'ask',
  call: 'mipha-web ask',
  words: '--image FILE "QUESTION" ["FOLLOW-UP" ...]',
  about: `Asks about a picture (${PICTURE_KINDS}) and prints the answer. Several questions are one conversation.`,
  more: 'Exit status: 0 answered, 1 failed, 2 wrong usage, 130 stopped.',
  syntax: (blank) =>
    blank
      .argument('[question...]')
      .option('--image <FILE>', 'the picture; repeat it to show more than one', repeated(typedPath), [] as string[])
      .addOption(MODEL)
      .addOption(VARIANT)
      .addOption(MAX_TOKENS)
      .addOption(TEMPERATURE)
      .addOption(SEED)
      .addOption(ADAPTER)
      .option('--json', 'one JSON object per answer, with token counts and times', false),
  read(options, [questions]): AskWords {
    const { image: images, json } = options;
    if (images.length === 0) throw new UsageError('Name a picture with --image FILE.');
    if (questions.length === 0) throw new UsageError('Ask something: put a question in quotes at the end.');
    return { ...modelWords(options), images, questions, json, options: answerWords(options) };
  },
  run: askAll,
  report(error, words) {
    if (words.json) console.log(JSON.stringify({ error: toWire(error) }));
    else console.error(`ask: ${error.message} (${error.code})`);
  },
});
