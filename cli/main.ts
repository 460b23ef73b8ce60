#!/usr/bin/env node
/** The words of the command line → one of the commands, and its exit status. */
import { altText } from './alt-text.ts';
import { ask } from './ask.ts';
import { type Command, runCommand, runProgram } from './command.ts';
import { serve } from './serve.ts';

const USAGE = `Usage: mipha-web COMMAND ...

  ask        asks about one picture
  alt-text   describes every picture of a folder, into a CSV file
  serve      answers OpenAI-compatible requests on this machine

mipha-web COMMAND --help says more.`;

async function main([name, ...words]: readonly string[], signal: AbortSignal): Promise<number> {
  const run = <Words>(command: Command<Words>) => runCommand(command, words, signal);
  switch (name) {
    case 'ask':
      return run(ask);
    case 'alt-text':
      return run(altText);
    case 'serve':
      return run(serve);
    case '--help':
    case '-h':
      console.log(USAGE);
      return 0;
    case undefined:
      console.error(USAGE);
      return 2;
    default:
      console.error(`There is no command "${name}".\n\n${USAGE}`);
      return 2;
  }
}

await runProgram((signal) => main(process.argv.slice(2), signal));
