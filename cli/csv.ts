/** Rows of text ⇄ CSV as RFC 4180 has it, also after a spreadsheet or an editor has saved it. */

/** One line with its end. A cell that a spreadsheet would run as a formula is preceded by an apostrophe. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The mark that Excel and Notepad put before UTF-8. */
export const BOM = '\uFEFF';

export interface CsvRows {
  rows: string[][];
  /** A last row without line end and with fewer cells than the first; null where there is none. */
  torn: string[] | null;
}

/**
 * Lines may end with CR LF, LF or CR. A last row without line end, as Google Sheets writes it, counts when it has as many
 * cells as the first; with fewer it was cut off while it was written, or somebody stopped typing.
 */
export function readCsv(text: string): CsvRows {
  const rows: string[][] = [];
  const row: string[] = [];
  let value = '';
  let quoted = false;
  const endCell = (): void => {
    row.push(unguarded(value));
    value = '';
  };
  for (let i = text.startsWith(BOM) ? 1 : 0; i < text.length; i++) {
    const char = text[i]!;
    if (quoted) {
      if (char !== '"') value += char;
      else if (text[i + 1] === '"') value += text[++i];
      else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === ',') endCell();
    else if (char === '\n' || (char === '\r' && text[i + 1] !== '\n')) {
      endCell();
      rows.push(row.splice(0));
    } else if (char !== '\r') value += char;
  }
  if (value === '' && row.length === 0 && !quoted) return { rows, torn: null };
  endCell();
  if (quoted || row.length < (rows[0]?.length ?? 0)) return { rows, torn: row };
  return { rows: [...rows, row], torn: null };
}

/** The complete rows of `readCsv`. */
export function parseCsv(text: string): string[][] {
  return readCsv(text).rows;
}

function unguarded(text: string): string {
  return /^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}
