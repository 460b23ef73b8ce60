/** `mipha-web alt-text DIR --csv FILE`: a folder of pictures → one described picture a row; goes on where it stopped. */
import { appendFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AppError, asAppError } from '../contract/errors.ts';
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
import { readImage } from './ask.ts';
import type { Command } from './command.ts';
import { type AnswerOptions, collect } from './conversation.ts';
import { csvLine, parseCsv } from './csv.ts';
import { openEngine } from './node-engine.ts';
import { typedPath } from './paths.ts';
import { PICTURE_FILE, PICTURE_KINDS } from './picture-kinds.ts';
import { progressBar } from './progress-bar.ts';

const QUESTION = 'Describe the picture.';

const USAGE = `Usage: mipha-web alt-text DIR --csv FILE

Describes every picture (${PICTURE_KINDS}) of a folder and those below it. Each row is written when
it is known: stopped and started again, the command goes on with the pictures that have no description yet, and tries
failed ones anew.

  --csv FILE           the table: file, alt_text, error
  --question TEXT      what to ask about each picture (default: "${QUESTION}")
${MODEL_USAGE}
${ANSWER_USAGE}
  --help               this text

Exit status: 0 all described, 1 failed or some pictures could not be described, 2 wrong usage, 130 stopped.`;

const HEADER = ['file', 'alt_text', 'error'];

interface AltTextArguments extends ModelWords {
  folder: string;
  csv: string;
  question: string;
  options: AnswerOptions;
}

function parseAltTextArguments(words: string[]): AltTextArguments {
  const options = {
    ...MODEL_OPTIONS,
    ...ANSWER_OPTIONS,
    csv: { type: 'string' },
    question: { type: 'string', default: QUESTION },
  } as const;
  const { values, positionals } = readWords(words, options);
  const common = readModelWords(values);
  const [folder = '', ...more] = positionals;
  if (!common.help && (folder === '' || more.length > 0)) throw new UsageError('Name one folder of pictures.');
  if (!common.help && !values.csv) throw new UsageError('Name the table with --csv FILE.');
  const { question } = values;
  const answer = readAnswerWords(values);
  return { ...common, folder: typedPath(folder), csv: typedPath(values.csv ?? ''), question, options: answer };
}

/** Paths below `folder`, forward slashes, in a fixed order. */
async function listPictures(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && PICTURE_FILE.test(entry.name))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  } catch (cause) {
    throw new AppError('request-invalid', `The folder ${folder} cannot be read. Is the path right?`, {}, cause);
  }
}

/** What an earlier run has described. Throws for a file that is not such a table, so that none is overwritten. */
async function readTable(path: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new AppError('request-invalid', `${path} cannot be read.`, {}, thrown);
  }
  const [header, ...rows] = parseCsv(text);
  if (text !== '' && header?.join() !== HEADER.join())
    throw new AppError('request-invalid', `${path} is not a table of this command. Name another file with --csv.`);
  return new Map(rows.filter(([, alt]) => alt).map(([file, alt]) => [file!, alt!]));
}

/** Leaves the old table or the new one, whatever happens. */
async function writeTable(path: string, described: Map<string, string>): Promise<void> {
  const lines = [HEADER, ...[...described].map(([file, alt]) => [file, alt, ''])].map(csvLine);
  await writeFile(`${path}.tmp`, lines.join(''));
  await rename(`${path}.tmp`, path);
}

async function describeAll(words: AltTextArguments, signal: AbortSignal): Promise<void> {
  const pictures = await listPictures(words.folder);
  const described = await readTable(words.csv);
  await writeTable(words.csv, described);
  const left = pictures.filter((file) => !described.has(file));
  const bar = progressBar(process.stderr);
  let done = pictures.length - left.length;
  let failed = 0;
  if (left.length > 0) {
    const engine = await openEngine({ model: words.model, variant: words.variant, signal });
    try {
      for (const file of left) {
        bar.show(done, pictures.length, file);
        try {
          const image = await readImage(join(words.folder, file));
          const content = [{ type: 'image', image } as const, { type: 'text', text: words.question } as const];
          const request = { ...words.options, messages: [{ role: 'user' as const, content }] };
          const { text, finish_reason } = await collect(engine, request, { signal });
          if (finish_reason === 'cancelled') return;
          await appendFile(words.csv, csvLine([file, text.trim(), '']));
        } catch (thrown) {
          const { code, message } = asAppError(thrown);
          if (!code.startsWith('image-')) throw thrown;
          failed += 1;
          await appendFile(words.csv, csvLine([file, '', `${code}: ${message}`]));
        }
        done += 1;
      }
    } finally {
      bar.clear();
      await engine.dispose();
    }
  }
  console.error(`${done - failed} of ${pictures.length} pictures are described in ${words.csv}.`);
  if (failed > 0)
    throw new AppError('image-broken', `${failed} could not be described; the table says why.`, { failed });
}

export const altText: Command<AltTextArguments> = { usage: USAGE, parse: parseAltTextArguments, run: describeAll };
