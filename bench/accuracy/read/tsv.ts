/** A tab-separated file, quoted the way spreadsheets do, → rows with their line numbers, read as `pandas.read_table` does. */
import { dataError } from './row.ts';

/** What pandas takes for a missing value. */
const MISSING = new Set(
  '|#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null'.split('|'),
);

export interface TsvRow {
  line: number;
  /** Null for a missing value. Throws for a column that the file does not have. */
  get(column: string): string | null;
}

interface Record {
  line: number;
  fields: string[];
}

/** A field in quotes from `at` (behind the opening quote) on; doubled quotes stand for one. */
function quoted(text: string, at: number): { value: string; end: number } | null {
  let value = '';
  for (let from = at; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return null;
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    from = quote + 2;
  }
}

const END = /[\t\r\n]|$/g;

function* records(text: string, file: string): Generator<Record> {
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const record: Record = { line, fields: [] };
    for (let more = true; more; ) {
      let value = '';
      if (text[at] === '"') {
        const field = quoted(text, at + 1);
        if (!field) throw dataError(file, line, 'a quote is opened and never closed');
        value = field.value;
        line += value.split('\n').length - 1;
        at = field.end;
      }
      END.lastIndex = at;
      const end = END.exec(text)?.index ?? text.length;
      record.fields.push(value + text.slice(at, end));
      more = text[end] === '\t';
      at = end + 1;
      if (text[end] === '\r' && text[end + 1] === '\n') at++;
    }
    line++;
    if (record.fields.length > 1 || record.fields[0] !== '') yield record;
  }
}

/** Throws `request-invalid` with the line of a row that has more or fewer fields than the first. */
export function parseTsv(text: string, file: string): TsvRow[] {
  const [header, ...rows] = records(text, file);
  if (!header || rows.length === 0) throw dataError(file, null, 'holds no question');
  return rows.map(({ line, fields }) => {
    if (fields.length !== header.fields.length)
      throw dataError(file, line, `has ${fields.length} columns where the first line names ${header.fields.length}`);
    const get = (column: string) => {
      const index = header.fields.indexOf(column);
      if (index < 0) throw dataError(file, 1, `there is no column "${column}"`);
      const value = fields[index] ?? '';
      return MISSING.has(value) ? null : value;
    };
    return { line, get };
  });
}
