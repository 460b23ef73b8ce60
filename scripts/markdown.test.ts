/** Every Markdown file of the project: lines that fit a window, links that lead somewhere. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const MOST_COLUMNS = 120;
const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: ROOT, encoding: 'utf8' });
const FILES = listed.split('\n').filter((path) => path !== '' && existsSync(join(ROOT, path)));

/** Lines of prose with their numbers: tables and code cannot be broken into lines. */
function proseOf(text: string): [number, string][] {
  let code = false;
  return text.split('\n').flatMap((line, index): [number, string][] => {
    const fence = line.trimStart().startsWith('```');
    if (fence) code = !code;
    return code || fence || line.startsWith('|') ? [] : [[index + 1, line]];
  });
}

test('there are documents to look at', () => expect(FILES.length).toBeGreaterThan(20));

test.each(FILES)('%s fits a window and leads nowhere that is not there', (path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const wide = proseOf(text).filter(([, line]) => line.length > MOST_COLUMNS);
  expect(wide.map(([number]) => `${path}:${number}`)).toEqual([]);
  const links = proseOf(text).flatMap(([number, line]) =>
    [...line.replace(/`[^`]*`/g, '').matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(
      (match) => [number, match[1]!] as const,
    ),
  );
  const dead = links.filter(([, link]) => !existsSync(join(ROOT, dirname(path), decodeURIComponent(link))));
  expect(dead.map(([number, link]) => `${path}:${number} ${link}`)).toEqual([]);
});
