/** `npx tsx bench/publish/publish.ts`: bench/results → docs/benchmarks.md and the results page of the site. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchmarksHtml } from './html.ts';
import { benchmarksMarkdown } from './markdown.ts';
import { readResults } from './results.ts';
import { toSections } from './sections.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Path in the project → content. */
export function publications(): Map<string, string> {
  const sections = toSections(readResults());
  return new Map([
    ['docs/benchmarks.md', benchmarksMarkdown(sections)],
    ['public/benchmarks.html', benchmarksHtml(sections)],
  ]);
}

if (process.argv[1] === import.meta.filename)
  for (const [path, content] of publications()) writeFileSync(join(ROOT, path), content);
