/** `npm run -s ask -- --image FILE "QUESTION"`: the engine's answer, written to the terminal as it comes. */
import { readFile } from 'node:fs/promises';
import { AppError, asAppError, toWire } from '../contract/errors.ts';
import { type AskArguments, parseAskArguments, USAGE, UsageError } from './ask-arguments.ts';
import { Conversation } from './conversation.ts';
import { openEngine } from './node-engine.ts';

async function readImage(path: string): Promise<Blob> {
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

/** The exit status; everything a person has to know has been printed. */
async function main(): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new DOMException('Stopped.', 'AbortError')));
  let words: AskArguments | undefined;
  try {
    words = parseAskArguments(process.argv.slice(2));
    if (words.help) console.log(USAGE);
    else await askAll(words, stop.signal);
    return stop.signal.aborted ? 130 : 0;
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      console.error(`ask: ${thrown.message}\n\n${USAGE}`);
      return 2;
    }
    const error = asAppError(thrown);
    if (words?.json) console.log(JSON.stringify({ error: toWire(error) }));
    else console.error(`ask: ${error.message} (${error.code})`);
    return error.code === 'cancelled' ? 130 : 1;
  }
}

const status = await main();
// The runtime's threads would keep the process alive; what was printed is flushed first.
process.stdout.write('', () => process.exit(status));
