/** Sections → the results page of the site, plain HTML that needs no script. */
import type { Cell, Section } from './sections.ts';

/** Stricter than the page of the assistant: nothing here runs. */
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);

const cell = (value: Cell): string =>
  typeof value === 'string' ? escape(value) : `<a href="${escape(value.url)}">${escape(value.text)}</a>`;

function table({ title, columns, words, rows }: Section): string[] {
  const kind = (i: number) => (i === 0 || words.includes(i) ? '' : ' class="number"');
  const head = columns.map((name, i) => `<th scope="col"${kind(i)}>${escape(name)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = row.map((value, i) =>
      i === 0 ? `<th scope="row">${cell(value)}</th>` : `<td${kind(i)}>${cell(value)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  // A wide table scrolls by itself; the keyboard reaches it, and a screen reader says what it is.
  return [
    `<div class="table" role="region" aria-label="${escape(title)}" tabindex="0">`,
    '<table>',
    `<thead><tr>${head}</tr></thead>`,
    `<tbody>\n${body.join('\n')}\n</tbody>`,
    '</table>',
    '</div>',
  ];
}

function section(content: Section): string {
  const { title, paragraphs, rows, notes } = content;
  const items = notes.map((note) => `<li>${note.map(cell).join('')}</li>`);
  return [
    '<section>',
    `<h2>${escape(title)}</h2>`,
    ...paragraphs.map((text) => `<p>${escape(text)}</p>`),
    ...(rows.length > 0 ? table(content) : []),
    ...(items.length > 0 ? [`<ul>\n${items.join('\n')}\n</ul>`] : []),
    '</section>',
  ].join('\n');
}

export function benchmarksHtml(sections: readonly Section[]): string {
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Mipha: benchmarks</title>
<meta name="description" content="What the models of this project reach, where each number comes from, and what quantisation costs.">
<link rel="icon" href="./icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="./benchmarks.css">
</head>
<body>
<main>
<p><a href="./">Ask about a picture</a></p>
<h1>Benchmarks</h1>
${sections.map(section).join('\n')}
</main>
</body>
</html>
`;
}
