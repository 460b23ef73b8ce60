/** Tables that went through a spreadsheet, an editor or a crash: what was written by hand is kept, or a copy is. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTable } from './alt-text-table.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'table-'));
  path = join(folder, 'alt.csv');
});
afterEach(() => rm(folder, { recursive: true }));

/** What is kept of a table, what the file says afterwards, and which files lie beside it. */
async function opened(text: string | Uint8Array) {
  await writeFile(path, text);
  const { described, backup } = await openTable(path);
  const beside = (await readdir(folder)).filter((name) => name !== 'alt.csv');
  return { rows: [...described.values()], text: await readFile(path, 'utf8'), backup, beside };
}

const HAND = ['shapes.png', 'Hand written: three shapes', ''];

test.each([
  ['the mark that Excel writes', '\uFEFFfile,alt_text,error\r\nshapes.png,Hand written: three shapes,\r\n'],
  ['no line end after the last row', 'file,alt_text,error\r\nshapes.png,Hand written: three shapes,'],
  ['line ends of Unix', 'file,alt_text,error\nshapes.png,Hand written: three shapes,\n\n'],
  ['line ends of an old Mac', 'file,alt_text,error\rshapes.png,Hand written: three shapes,\r'],
  ['everything in quotes', '"file","alt_text","error"\n"shapes.png","Hand written: three shapes",""'],
])('kept whole: %s', async (_, text) => {
  const { rows, text: written, backup, beside } = await opened(text);
  expect(rows).toEqual([HAND]);
  expect(written.endsWith('shapes.png,Hand written: three shapes,\r\n')).toBe(true);
  expect(written.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'));
  expect([backup, beside]).toEqual([null, []]);
});

test('rows with more than this command writes stay as they are', async () => {
  const text = 'file,alt_text,error\r\na.png,By hand,checked by Ada,yes\r\n"b, c.png","two\nlines",\r\n';
  const { rows, text: written, beside } = await opened(text);
  expect(rows[0]).toEqual(['a.png', 'By hand', 'checked by Ada', 'yes']);
  expect(written).toBe(text);
  expect(beside).toEqual([]);
});

test('failed rows are tried anew, without a copy', async () => {
  const { rows, text, beside } = await opened('file,alt_text,error\r\na.png,,image-broken: x\r\nb.png,,\r\n');
  expect([rows, text, beside]).toEqual([[], 'file,alt_text,error\r\n', []]);
});

test.each([
  ['a row that was cut off', 'file,alt_text,error\r\nshapes.png,Hand written: three shapes,\r\nword.png,The te'],
  ['a quote that does not end', 'file,alt_text,error\r\nshapes.png,Hand written: three shapes,\r\nword.png,"The,x,y'],
  ['the same picture twice', 'file,alt_text,error\r\nshapes.png,Other,\r\nshapes.png,Hand written: three shapes,\r\n'],
  ['a remark', 'file,alt_text,error\r\nshapes.png,Hand written: three shapes,\r\nword.png,,ask Ada about this\r\n'],
])('what cannot be kept is kept in a copy: %s', async (_, text) => {
  await writeFile(`${path}.bak`, 'an older one');
  const { rows, backup } = await opened(text);
  expect(rows).toEqual([HAND]);
  expect(backup).toBe(`${path}.2.bak`);
  expect(await readFile(`${path}.2.bak`, 'utf8')).toBe(text);
  expect(await readFile(`${path}.bak`, 'utf8')).toBe('an older one');
});

test.each([
  ['semicolons', '\uFEFFfile;alt_text;error\r\nshapes.png;Hand;\r\n', /first line has to be/],
  ['other columns', 'file,alt_text,error,reviewed\r\nshapes.png,Hand,,yes\r\n', /first line has to be/],
  ['another encoding', Buffer.from('file,alt_text,error\r\ngr\u00f6\u00dfe.png,Gr\u00fcn,\r\n', 'latin1'), /UTF-8/],
])('refused and left as it is: %s', async (_, text, message) => {
  await writeFile(path, text);
  await expect(openTable(path)).rejects.toMatchObject({
    code: 'request-invalid',
    message: expect.stringMatching(message),
  });
  expect(await readFile(path)).toEqual(Buffer.from(text));
  expect(await readdir(folder)).toEqual(['alt.csv']);
});

test('a table that is not there yet begins with its header', async () => {
  expect((await openTable(path)).described.size).toBe(0);
  expect(await readFile(path, 'utf8')).toBe('file,alt_text,error\r\n');
});
