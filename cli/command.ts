/** A command and its words → an exit status; everything a person has to know has been printed. */
import { type AppError, asAppError } from '../contract/errors.ts';
import { UsageError } from './arguments.ts';

export interface Command<Words extends { help: boolean }> {
  usage: string;
  /** Throws UsageError. */
  parse(words: string[]): Words;
  /** Works until it is done or `signal` is aborted. Throws AppError. */
  run(words: Words, signal: AbortSignal): Promise<void>;
  /** Prints a failure in another form than one line on stderr. */
  report?(error: AppError, words: Words): void;
}

/** Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped. */
export async function runCommand<Words extends { help: boolean }>(
  name: string,
  command: Command<Words>,
  args: string[],
  signal: AbortSignal,
): Promise<number> {
  let words: Words | undefined;
  try {
    words = command.parse(args);
    if (words.help) console.log(command.usage);
    else await command.run(words, signal);
    return signal.aborted ? 130 : 0;
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      console.error(`${name}: ${thrown.message}\n\n${command.usage}`);
      return 2;
    }
    const error = asAppError(thrown);
    if (words && command.report) command.report(error, words);
    else console.error(`${name}: ${error.message} (${error.code})`);
    return error.code === 'cancelled' ? 130 : 1;
  }
}
