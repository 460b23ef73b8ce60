/** Markdown files → their code samples, and shell samples → commands with their words. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export interface Sample {
  /** Relative to the repository. */
  file: string;
  /** Of the first line of code, from 1. */
  line: number;
  language: string;
  code: string;
}

/** What people read: the top, docs/, and the README of each folder. */
export function documents(): string[] {
  const found = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'];
  for (const folder of ['docs', 'examples', 'bench', 'builder', 'training', 'faults', 'src', 'workers']) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }))
      if (entry.endsWith('.md') && !entry.includes('node_modules')) found.push(`${folder}/${entry}`);
  }
  return found.sort();
}

export function samplesOf(file: string): Sample[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const samples: Sample[] = [];
  for (const match of text.matchAll(/^( *)```(\S*)[^\n]*\n(.*?)^ *```/gms)) {
    const [, indent = '', language = '', code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + 1;
    samples.push({ file, line, language, code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), '') });
  }
  return samples;
}

/** Words in quotes are one; what follows `#` is for people. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [, quoted, plain] of text.matchAll(/"([^"]*)"|(\S+)/g)) {
    if (plain === '#') break;
    words.push(quoted ?? plain ?? '');
  }
  return words;
}

/** The commands of a shell sample, without folders to change into; `[--optional x]` counts as given. */
export function commandsOf(code: string): string[][] {
  const lines = code.replaceAll('\\\n', ' ').split('\n');
  const plain = lines.map((line) => line.replaceAll(/ #.*$/g, '').replaceAll(/[()[\]]/g, ' '));
  const commands = plain.flatMap((line) => line.split(/&&|;|\|/)).map(wordsOf);
  return commands.filter(([name]) => name !== undefined && name !== 'cd' && name !== '#');
}

/** Links of a document to files of the repository. */
export function linksOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8').replaceAll(/^( *)```.*?^ *```/gms, '');
  return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/i.test(link));
}
