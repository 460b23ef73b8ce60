/** A predictions file: a first line that says which run it is, then one line per answer, each complete on disk. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { AppError } from '../../../contract/errors.ts';
import { dataError } from '../read/row.ts';
import type { Question } from '../task.ts';
import type { PredictorIdentity } from './predictor.ts';

const FORMAT = 1;

/** Everything that makes an answer what it is; files of one run agree on all of it. */
export interface RunIdentity extends PredictorIdentity {
  format: typeof FORMAT;
  task: string;
  split: string;
  /** SHA-256 over the ids and prompts of all questions of the split. */
  questions: string;
  max_tokens: number;
}

export interface Prediction {
  id: string;
  prompt: string;
  text: string;
  tokens: number | null;
  finish_reason: string;
}

export function runIdentity(
  task: { name: string; split: string; maxTokens: number },
  questions: readonly Question[],
  predictor: PredictorIdentity,
): RunIdentity {
  const hash = createHash('sha256');
  for (const { id, prompt } of questions) hash.update(`${JSON.stringify([id, prompt])}\n`);
  const { name, split, maxTokens } = task;
  return { format: FORMAT, task: name, split, questions: hash.digest('hex'), max_tokens: maxTokens, ...predictor };
}

/** Throws `request-invalid` and names what differs. */
export function checkSameRun(file: string, found: RunIdentity, wanted: RunIdentity): void {
  const names = Object.keys({ ...found, ...wanted }) as (keyof RunIdentity)[];
  const differing = names.filter((name) => found[name] !== wanted[name]);
  if (differing.length === 0) return;
  const details = differing.map((name) => {
    return name === 'questions' ? 'other questions or prompts' : `${name} ${found[name]} instead of ${wanted[name]}`;
  });
  const message = `${file} belongs to another run (${details.join(', ')}). Name another file with --predictions.`;
  throw new AppError('request-invalid', message, { file });
}

export interface ReadPredictions {
  /** Null for a file without a first line of ours: the answers of LLaVA's scripts. */
  run: RunIdentity | null;
  lines: { line: number; value: Record<string, unknown> }[];
}

function parseLines(text: string, file: string): ReadPredictions {
  const read: ReadPredictions = { run: null, lines: [] };
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw dataError(file, i + 1, 'is not JSON', cause);
    }
    if (typeof value !== 'object' || value === null) throw dataError(file, i + 1, 'is not an object');
    if ('run' in value) {
      // Files that were put together with `cat` say it more than once.
      const run = (value as { run: RunIdentity }).run;
      if (read.run) checkSameRun(file, run, read.run);
      read.run = run;
    } else {
      read.lines.push({ line: i + 1, value: value as Record<string, unknown> });
    }
  }
  return read;
}

/**
 * All lines of a file; the last one may be half written where a run was killed, and is then left out.
 * Throws `request-invalid` with the line of anything else that is not an answer.
 */
export function readPredictions(file: string): ReadPredictions & { wholeBytes: number; isRepaired: boolean } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw dataError(file, null, 'cannot be read', cause);
  }
  const end = bytes.lastIndexOf('\n') + 1;
  return {
    ...parseLines(bytes.subarray(0, end).toString('utf8'), file),
    wholeBytes: end,
    isRepaired: end < bytes.length,
  };
}

/** Opens for adding: cuts a half-written last line away, refuses a file of another run. */
export class PredictionsFile {
  readonly #handle: number;
  /** Ids that need not be asked again. */
  readonly done: ReadonlySet<string>;

  private constructor(handle: number, done: ReadonlySet<string>) {
    this.#handle = handle;
    this.done = done;
  }

  static open(file: string, run: RunIdentity): PredictionsFile {
    const done = new Set<string>();
    let isNew = true;
    if (existsSync(file)) {
      const read = readPredictions(file);
      if (read.run) checkSameRun(file, read.run, run);
      else if (read.lines.length > 0)
        throw new AppError('request-invalid', `${file} is not a predictions file of this command.`, { file });
      if (read.isRepaired) truncateSync(file, read.wholeBytes);
      for (const { value } of read.lines) if (typeof value['id'] === 'string') done.add(value['id']);
      isNew = read.run === null;
    }
    const opened = new PredictionsFile(openSync(file, 'a'), done);
    if (isNew) opened.#write({ run });
    return opened;
  }

  #write(value: object): void {
    writeSync(this.#handle, `${JSON.stringify(value)}\n`);
  }

  add(prediction: Prediction): void {
    this.#write(prediction);
  }

  close(): void {
    fsyncSync(this.#handle);
    closeSync(this.#handle);
  }
}
