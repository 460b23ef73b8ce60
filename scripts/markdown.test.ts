/** Every Markdown file of the project has lines that fit a window. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

test.each(FILES)('%s fits a window', (path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const wide = proseOf(text).filter(([, line]) => line.length > MOST_COLUMNS);
  expect(wide.map(([number]) => `${path}:${number}`)).toEqual([]);
});
