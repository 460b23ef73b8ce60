/** A command that says its name, its options and its work → its usage text, its words read, its exit status. */
import {
  Command as Syntax,
  CommanderError,
  InvalidArgumentError,
  type OptionValues,
} from '@commander-js/extra-typings';
import { type AppError, asAppError } from '../contract/errors.ts';

/** Wrong usage; the message is for the person who typed it. */
export class UsageError extends Error {}

/** What was typed: the words of the command, or a wish for its usage text. */
export type Typed<Words> = { help: true } | (Words & { help: false });

export interface Command<Words> {
  name: string;
  usage: string;
  /** Throws UsageError. */
  parse(words: readonly string[]): Typed<Words>;
  /** Works until it is done or `signal` is aborted. Throws AppError, or UsageError for words that make no sense here. */
  run(words: Words, signal: AbortSignal): Promise<void>;
  /** Prints a failure in another form than one line on stderr. */
  report?: ((error: AppError, words: Words) => void) | undefined;
}

export interface Declaration<Args extends unknown[], Options extends OptionValues, Words> {
  /** As failures begin; `call`, where it differs, as a person types it. */
  name: string;
  call?: string;
  /** What has to stand behind it, in short. */
  words: string;
  about: string;
  /** What the usage text ends with. */
  more?: string;
  /** Declares arguments and options, each with the words that explain it. */
  syntax(blank: Syntax): Syntax<Args, Options>;
  /** Throws UsageError. */
  read(options: Options, args: Args): Words;
  run: Command<Words>['run'];
  report?: Command<Words>['report'];
}

/** Columns of usage texts; the same on every terminal. */
const WIDTH = 110;

/** The lines of each paragraph as one; the terminal's are made of it. */
const unbroken = (text: string): string => text.replaceAll(/(?<!\n)\n(?!\n)/g, ' ');

/** With the default, unless that is to have nothing. */
function describe({ description, defaultValue }: { description: string; defaultValue?: unknown }): string {
  const isNothing = [undefined, false, true, ''].includes(defaultValue as undefined) || Array.isArray(defaultValue);
  return unbroken(isNothing ? description : `${description} (default: ${String(defaultValue)})`);
}

export function defineCommand<Args extends unknown[], Options extends OptionValues, Words>(
  declared: Declaration<Args, Options, Words>,
): Command<Words> {
  const { name, call = name, words, about, more, read, run, report } = declared;
  let printed = '';
  const blank = new Syntax(call).usage(words).description(unbroken(about)).helpOption('-h, --help', 'this text');
  blank.exitOverride().allowExcessArguments();
  blank.configureOutput({ writeOut: (text) => (printed += text), writeErr: () => {}, getOutHelpWidth: () => WIDTH });
  blank.configureHelp({ optionDescription: describe, argumentDescription: describe });
  const syntax = declared.syntax(blank);
  if (more !== undefined) syntax.addHelpText('after', `\n${more}`);
  syntax.outputHelp();
  return {
    name,
    usage: printed.trimEnd(),
    run,
    report,
    parse(typed) {
      try {
        syntax.parse([...typed], { from: 'user' });
      } catch (thrown) {
        if (!(thrown instanceof CommanderError)) throw thrown;
        if (thrown.code === 'commander.helpDisplayed') return { help: true };
        throw new UsageError(thrown.message.replace(/^error: /, ''), { cause: thrown });
      }
      const { registeredArguments: known, args, processedArgs } = syntax;
      const extra = known.at(-1)?.variadic ? undefined : args[known.length];
      if (extra !== undefined)
        throw new UsageError(known.length === 0 ? `"${extra}" is not an option.` : `"${extra}" is one word too many.`);
      return { ...read(syntax.opts(), processedArgs as Args), help: false };
    },
  };
}

/** Reads the value of an option as a number; `hint` says which are fine. */
export function number(isFine: (value: number) => boolean, hint: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !isFine(value)) throw new InvalidArgumentError(`It has to be ${hint}.`);
    return value;
  };
}

export const wholeFrom = (least: number): ((text: string) => number) =>
  number((value) => Number.isInteger(value) && value >= least, `a whole number from ${least} on`);

/** Reads the value of an option as one of a few words. */
export function oneOf<T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((candidate) => candidate === text);
    if (found === undefined) throw new InvalidArgumentError(`It has to be one of ${allowed.join(', ')}.`);
    return found;
  };
}

/** Reads an option that may be repeated, each value through `read`. */
export function repeated<T>(read: (text: string) => T): (text: string, before: readonly T[]) => T[] {
  return (text, before) => [...before, read(text)];
}

/** The outcome of work that hears of no signal, or `cancelled` as soon as a person has stopped it. */
export function untilStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const stopped = new Promise<never>((_, stop) => {
    signal.addEventListener('abort', () => stop(signal.reason as Error), { once: true });
  });
  return Promise.race([work, stopped]);
}

/** Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped. */
export async function runCommand<Words>(
  command: Command<Words>,
  typed: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const { name, usage } = command;
  let words: Typed<Words> | undefined;
  try {
    words = command.parse(typed);
    if (words.help) console.log(usage);
    else await command.run(words, signal);
    return signal.aborted ? 130 : 0;
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      console.error(`${name}: ${thrown.message}\n\n${usage}`);
      return 2;
    }
    const error = asAppError(thrown);
    if (words && !words.help && command.report) command.report(error, words);
    else console.error(`${name}: ${error.message} (${error.code})`);
    return error.code === 'cancelled' ? 130 : 1;
  }
}

/** Runs `work` with a signal that Ctrl+C aborts, and ends the process with the status it resolves to. */
export async function runProgram(work: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const stop = new AbortController();
  for (const event of ['SIGINT', 'SIGTERM'] as const)
    process.once(event, () => stop.abort(new DOMException('Stopped.', 'AbortError')));
  const status = await work(stop.signal);
  // The runtime's threads would keep the process alive; what was printed is flushed first.
  process.stdout.write('', () => process.exit(status));
}

/** Runs `command` with the words of the process if `file` is what Node was started with. */
export async function runAsProgram<Words>(file: string, command: Command<Words>): Promise<void> {
  if (process.argv[1] === file) await runProgram((signal) => runCommand(command, process.argv.slice(2), signal));
}
