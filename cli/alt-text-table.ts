/** The table of `alt-text` on disk ⇄ the rows that describe a picture, the model's and those written by hand. */
import { constants, copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { AppError } from '../contract/errors.ts';
import { BOM, csvLine, readCsv } from './csv.ts';

const HEADER = ['file', 'alt_text', 'error'];

export interface AltTextTable {
  /** Whole rows by their file. */
  described: Map<string, string[]>;
  /** Where the table as it was is kept, if some of it is not in the new one. */
  backup: string | null;
}

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new AppError('request-invalid', `${path} cannot be read.`, {}, thrown);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    // Decoded anyway, its letters beyond ASCII would be lost when it is written.
    const message = `${path} is not in UTF-8. Save it as “CSV UTF-8”, or name another file with --csv.`;
    throw new AppError('request-invalid', message, {}, cause);
  }
}

/** A row of this command's about a picture that failed, or one that says nothing about any: both are written anew. */
function saysNothing(row: readonly string[]): boolean {
  const [, alt = '', error = '', ...more] = row;
  const failed = error === '' || /^[a-z-]+: /.test(error);
  return alt === '' && failed && more.every((cell) => cell === '');
}

/** The first name of `path.bak`, `path.2.bak` … that is free: an older backup is somebody's, too. */
async function backUp(path: string): Promise<string> {
  for (let count = 1; ; count++) {
    const backup = count === 1 ? `${path}.bak` : `${path}.${count}.bak`;
    try {
      await copyFile(path, backup, constants.COPYFILE_EXCL);
      return backup;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
  }
}

/** Leaves the old table or the new one, whatever happens. */
async function writeTable(path: string, rows: Iterable<string[]>, mark: string): Promise<void> {
  await writeFile(`${path}.tmp`, mark + [HEADER, ...rows].map(csvLine).join(''));
  await rename(`${path}.tmp`, path);
}

/**
 * What is described already; afterwards the file holds exactly that, each row with its line end, so that rows can be
 * appended. Throws `request-invalid` for a file that is not such a table, and leaves it as it is.
 */
export async function openTable(path: string): Promise<AltTextTable> {
  const text = await readText(path);
  const { rows, torn } = readCsv(text);
  const [header, ...body] = rows;
  if (text !== '' && header?.join() !== HEADER.join()) {
    const message = `${path} is not a table of this command: its first line has to be “${HEADER.join()}”.`;
    throw new AppError('request-invalid', `${message} Name another file with --csv.`);
  }
  const described = new Map(body.filter(([, alt]) => alt).map((row) => [row[0]!, row]));
  const kept = new Set(described.values());
  const lost = torn !== null || body.some((row) => !kept.has(row) && !saysNothing(row));
  const backup = lost ? await backUp(path) : null;
  await writeTable(path, described.values(), text.startsWith(BOM) ? BOM : '');
  return { described, backup };
}
