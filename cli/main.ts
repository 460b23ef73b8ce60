#!/usr/bin/env node
/** The words of the command line → one of the commands, and its exit status. */
import { altText } from './alt-text.ts';
import { ask } from './ask.ts';
import { runCommand } from './command.ts';
import { serve } from './serve.ts';

const USAGE = `Usage: mipha-web COMMAND ...

  ask        asks about one picture
  alt-text   describes every picture of a folder, into a CSV file
  serve      answers OpenAI-compatible requests on this machine

mipha-web COMMAND --help says more.`;

async function main(args: string[]): Promise<number> {
  const [name, ...words] = args;
  const stop = new AbortController();
  for (const event of ['SIGINT', 'SIGTERM'] as const)
    process.once(event, () => stop.abort(new DOMException('Stopped.', 'AbortError')));
  if (name === 'ask') return runCommand(name, ask, words, stop.signal);
  if (name === 'alt-text') return runCommand(name, altText, words, stop.signal);
  if (name === 'serve') return runCommand(name, serve, words, stop.signal);
  const wanted = name === '--help' || name === '-h';
  (wanted ? console.log : console.error)(
    wanted || name === undefined ? USAGE : `There is no command "${name}".\n\n${USAGE}`,
  );
  return wanted ? 0 : 2;
}

const status = await main(process.argv.slice(2));
// The runtime's threads would keep the process alive; what was printed is flushed first.
process.stdout.write('', () => process.exit(status));
