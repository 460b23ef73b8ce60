/** The corpus of hostile answers, with the one that is too long for a file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './package.ts';

const corpus = JSON.parse(readFileSync(join(ROOT, 'fixtures/hostile-answers/corpus.json'), 'utf8')) as {
  text: string;
}[];

export const HOSTILE: string[] = [...corpus.map(({ text }) => text), `${'['.repeat(20_000)}${'>'.repeat(2000)}`];
