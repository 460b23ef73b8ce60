/** `mipha-web alt-text DIR --csv FILE`: a folder of pictures → one described picture a row; goes on where it stopped. */
import { appendFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AppError, asAppError } from '../contract/errors.ts';
import { WORDLESS_QUESTION } from '../src/library/completions/conversation.ts';
import { openTable } from './alt-text-table.ts';
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
import { readImage } from './ask.ts';
import { defineCommand, UsageError } from './command.ts';
import { type AnswerOptions, collect } from './conversation.ts';
import { csvLine } from './csv.ts';
import { openEngine } from './node-engine.ts';
import { typedPath } from './paths.ts';
import { PICTURE_FILE, PICTURE_KINDS } from './picture-kinds.ts';
import { progressBar } from './progress-bar.ts';

interface AltTextWords extends ModelWords {
  folder: string;
  csv: string;
  question: string;
  options: AnswerOptions;
}

/** macOS writes a `._` file beside every picture on other disks; hidden folders hold thumbnails and waste. */
const isHidden = (path: string): boolean => path.split('/').some((name) => name.startsWith('.'));

/** Paths below `folder`, forward slashes, in a fixed order. */
async function listPictures(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && PICTURE_FILE.test(entry.name))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => !isHidden(path))
      .sort();
  } catch (cause) {
    throw new AppError('request-invalid', `The folder ${folder} cannot be read. Is the path right?`, {}, cause);
  }
}

async function describeAll(words: AltTextWords, signal: AbortSignal): Promise<void> {
  const pictures = await listPictures(words.folder);
  const { described, backup } = await openTable(words.csv);
  if (backup !== null) console.error(`Not every row could be kept; the table as it was is in ${backup}.`);
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

export const altText = defineCommand({
  name: 'alt-text',
  call: 'mipha-web alt-text',
  words: 'DIR --csv FILE',
  about: `Describes every picture (${PICTURE_KINDS}) of a folder and those below it; files and folders whose name begins
with a dot are passed over. Each row is written when it is known: stopped and started again, the command goes on with
the pictures that have no description yet, and tries failed ones anew. Rows written by hand are kept as they are; should
anything else of a table be lost, the old one is kept as FILE.bak.`,
  more: 'Exit status: 0 all described, 1 failed or some pictures could not be described, 2 wrong usage, 130 stopped.',
  syntax: (blank) =>
    blank
      .argument('[DIR]', 'the folder of pictures', typedPath)
      .option('--csv <FILE>', 'the table: file, alt_text, error', typedPath)
      .option('--question <TEXT>', 'what to ask about each picture', WORDLESS_QUESTION)
      .addOption(MODEL)
      .addOption(VARIANT)
      .addOption(MAX_TOKENS)
      .addOption(TEMPERATURE)
      .addOption(SEED)
      .addOption(ADAPTER),
  read(options, [folder]): AltTextWords {
    const { csv, question } = options;
    if (!folder) throw new UsageError('Name one folder of pictures.');
    if (!csv) throw new UsageError('Name the table with --csv FILE.');
    return { ...modelWords(options), folder, csv, question, options: answerWords(options) };
  },
  run: describeAll,
});
