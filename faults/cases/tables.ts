/** Group T: tables of alt texts that went through a spreadsheet, an editor or a crash: nothing written by hand is lost. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTable } from '../../cli/alt-text-table.ts';
import { type NodeCase, same } from '../part-case.ts';

const HEADER = 'file,alt_text,error';

/** Opens the table; afterwards the texts it has, and the copy of the old one that was made, if any. */
async function opened(content: string | Uint8Array, look: (texts: string[], backup: string | null) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'faults-table-'));
  const path = join(folder, 'alt.csv');
  try {
    await writeFile(path, content);
    try {
      const { described, backup } = await openTable(path);
      look(
        [...described.values()].map(([, text = '']) => text),
        backup && (await readFile(backup, 'utf8')),
      );
    } catch (thrown) {
      same(await readFile(path), Buffer.from(content), 'a table that was refused');
      throw thrown;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

const kept = (id: string, title: string, text: string): NodeCase => ({
  id,
  title: `a table with ${title}`,
  state: 'right',
  run: () => opened(text, (texts, backup) => same([texts, backup], [['By hand'], null], 'the table')),
});

const copied = (id: string, title: string, text: string): NodeCase => ({
  id,
  title: `a table with ${title} is kept in a copy`,
  state: 'right',
  run: () => opened(text, (texts, backup) => same([texts, backup], [['By hand'], text], 'the table and its copy')),
});

const refused = (id: string, title: string, content: string | Uint8Array, says: RegExp): NodeCase => ({
  id,
  title: `a table ${title} is left as it is`,
  state: 'request-invalid',
  says,
  run: () => opened(content, () => {}),
});

export const TABLES: NodeCase[] = [
  kept('T01-bom', 'the mark that Excel writes', `\uFEFF${HEADER}\r\na.png,By hand,\r\n`),
  kept('T01-last-line', 'no line end after its last row', `${HEADER}\r\na.png,By hand,`),
  kept('T01-unix', 'line ends of Unix', `${HEADER}\na.png,By hand,\n`),
  copied('T02-torn', 'a row that was cut off', `${HEADER}\r\na.png,By hand,\r\nb.png,The te`),
  copied('T02-remark', 'a remark where the command writes errors', `${HEADER}\r\na.png,By hand,\r\nb.png,,ask Ada\r\n`),
  refused('T03-semicolons', 'with semicolons', 'file;alt_text;error\r\na.png;By hand;\r\n', /first line has to be/),
  refused(
    'T03-encoding',
    'in another encoding',
    Buffer.from(`${HEADER}\r\ngr\u00fcn.png,By hand,\r\n`, 'latin1'),
    /UTF-8/,
  ),
];
