/** The published tables are those of the results, and safe to put into a page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { benchmarksHtml } from './html.ts';
import { benchmarksMarkdown } from './markdown.ts';
import { publications } from './publish.ts';
import { readResults } from './results.ts';
import { type Section, toSections } from './sections.ts';

test.each([...publications()])('%s is what publish.ts writes', (path, content) => {
  expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).toBe(content);
});

test('every published number has a source, every measured one its machine, commit and date', () => {
  const { published, drawn, tasks, quantisation } = readResults();
  for (const { source, scores, others = {} } of published.rows) {
    for (const name of [source, ...Object.values(others).map((other) => other.source)])
      expect(published.sources[name]?.url).toMatch(/^https:/);
    for (const task of [...Object.keys(scores), ...Object.keys(others)]) expect(published.columns).toHaveProperty(task);
  }
  expect(drawn.length + quantisation.length).toBeGreaterThan(0);
  for (const { date, commit, machine } of [...drawn, ...tasks, ...quantisation])
    expect([date, commit, machine.cores]).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      expect.stringMatching(/^[0-9a-f]{7,}$/),
      expect.any(Number),
    ]);
  const [table] = toSections(readResults());
  for (const row of table?.rows ?? []) expect(row).toHaveLength(table?.columns.length ?? 0);
});

test('text is escaped in the page, links are links', () => {
  const section: Section = {
    title: 'A < B & "C"',
    paragraphs: [],
    columns: ['Name', 'Value'],
    words: [],
    rows: [['<script>', '1']],
    notes: [[{ text: 'x>y', url: 'https://example.org/?a=1&b=2' }]],
  };
  const html = benchmarksHtml([section]);
  expect(html).toContain('<h2>A &lt; B &amp; &quot;C&quot;</h2>');
  expect(html).toContain('<th scope="row">&lt;script&gt;</th><td class="number">1</td>');
  expect(html).toContain('<a href="https://example.org/?a=1&amp;b=2">x&gt;y</a>');
  expect(html).toContain("default-src 'none'");
  expect(benchmarksMarkdown([section])).toContain('| Name | Value |\n| --- | ---: |\n| <script> | 1 |');
});
