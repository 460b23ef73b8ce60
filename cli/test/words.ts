/** A command line as typed → the words that the command reads from it, for tests of commands. */
import type { Command } from '../command.ts';

/** Throws UsageError as `parse` does, and for a wish for help, which has no words. */
export function wordsOf<Words>(command: Pick<Command<Words>, 'parse'>, typed: readonly string[]): Words {
  const words = command.parse(typed);
  if (words.help) throw new Error('the usage text was asked for');
  return words;
}
