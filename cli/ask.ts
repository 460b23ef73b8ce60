/** `mipha-web ask --image FILE "QUESTION"`: the engine's answer, written to the terminal as it comes. */
import { readFile } from 'node:fs/promises';
import { AppError, toWire } from '../contract/errors.ts';
import { type AskArguments, parseAskArguments, USAGE } from './ask-arguments.ts';
import type { Command } from './command.ts';
import { Conversation } from './conversation.ts';
import { openEngine } from './node-engine.ts';

export async function readImage(path: string): Promise<Blob> {
  try {
    return new Blob([await readFile(path)]);
  } catch (cause) {
    throw new AppError('image-broken', `The picture ${path} cannot be read. Is the path right?`, {}, cause);
  }
}

/** Asks all questions in one conversation and prints each answer. */
async function askAll(words: AskArguments, signal: AbortSignal): Promise<void> {
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

export const ask: Command<AskArguments> = {
  usage: USAGE,
  parse: parseAskArguments,
  run: askAll,
  report(error, words) {
    if (words.json) console.log(JSON.stringify({ error: toWire(error) }));
    else console.error(`ask: ${error.message} (${error.code})`);
  },
};
