/** Sections → docs/benchmarks.md. */
import type { Cell, Section } from './sections.ts';

const INTRO = `# Benchmarks

Generated from [bench/results](../bench/results) by \`npx tsx bench/publish/publish.ts\`; not edited by hand. How to
measure: [bench/README.md](../bench/README.md).
`;

const cell = (value: Cell): string => (typeof value === 'string' ? value : `[${value.text}](${value.url})`);

/** Columns of a line of prose; the rest of the project's Markdown keeps to 120. */
const WIDTH = 118;

/** A text in lines of at most `WIDTH` columns, every line after the first set in by `indent`. */
function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

function toMarkdown({ title, paragraphs, columns, words, rows, notes }: Section): string {
  const rule = columns.map((_, i) => (i === 0 || words.includes(i) ? '---' : '---:'));
  const table = [columns, rule, ...rows.map((row) => row.map(cell))].map((line) => `| ${line.join(' | ')} |`);
  const parts = [`## ${title}`, ...paragraphs.map((paragraph) => wrapped(paragraph))];
  if (rows.length > 0) parts.push(table.join('\n'));
  if (notes.length > 0) parts.push(notes.map((note) => wrapped(`- ${note.map(cell).join('')}`, '  ')).join('\n'));
  return parts.join('\n\n');
}

export function benchmarksMarkdown(sections: readonly Section[]): string {
  return `${[INTRO, ...sections.map((section) => `${toMarkdown(section)}\n`)].join('\n')}`;
}
