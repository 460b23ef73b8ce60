import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ERROR_CODES } from '../../../contract/errors.ts';
import { failureOf } from '../failures.ts';
import { fetchLateWords, LANGUAGES, setLanguage, tagOf, words, type Language } from '../language.ts';

const OTHERS = Object.keys(LANGUAGES).filter((code) => code !== 'en') as Exclude<Language, 'en'>[];

/** Texts that are rightly the same as in English: names, terms, and templates of little but places. */
const EVERYWHERE = ['product', 'model.ready'];
const ALIKE: Record<Exclude<Language, 'en'>, readonly string[]> = {
  de: ['details.modelValue', 'panel.hub.address'],
  es: ['details.modelValue', 'details.speedValue'],
  fr: ['details.modelValue', 'history.name', 'panel.hub.facts'],
  zh: [],
  ar: ['details.modelValue'],
};

type Leaf = { path: string; text: string };

function isPlural(value: object): boolean {
  return 'one' in value || Object.keys(value).join() === 'other';
}

/** Every text with its path; the forms of a choice by number count as one, each under `path`. */
function leaves(value: unknown, path = ''): Leaf[] {
  if (typeof value === 'string') return [{ path, text: value }];
  const inside = Object.entries(value as object);
  return inside.flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

/** The same with one entry for a choice by number: its form for any number. */
function flat(value: unknown): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, text } of leaves(value)) found.set(path.replace(/\.(zero|one|two|few|many)$/, '.other'), text);
  for (const { path, text } of leaves(value)) if (path.endsWith('.other')) found.set(path, text);
  return found;
}

const placesOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: {} });
  await fetchLateWords();
});
afterAll(() => vi.unstubAllGlobals());

describe.each(OTHERS)('%s', (code) => {
  it('has the same texts with the same places for values as English, and none left untranslated', async () => {
    await setLanguage('en');
    const english = flat(words());
    await setLanguage(code);
    const translated = flat(words());
    expect([...translated.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [path, text] of translated) {
      const original = english.get(path) ?? '';
      expect(placesOf(text), `${path}: ${text}`).toEqual(placesOf(original));
      expect(text.trim(), path).toBe(text);
    }
    const alike = [...translated.keys()].filter((path) => translated.get(path) === english.get(path));
    expect(alike.sort()).toEqual([...EVERYWHERE, ...ALIKE[code]].sort());
  });

  it('has a form for every number', async () => {
    await setLanguage(code);
    const rules = new Intl.PluralRules(tagOf(code));
    const needed = new Set(Array.from({ length: 201 }, (_, count) => rules.select(count)));
    const choices: object[] = [];
    JSON.stringify(words(), (_, value: unknown) => {
      if (typeof value === 'object' && value !== null && isPlural(value)) choices.push(value);
      return value;
    });
    expect(choices).not.toEqual([]);
    for (const forms of choices) for (const category of needed) expect(Object.keys(forms)).toContain(category);
  });

  it('says in its own words what went wrong, whatever the code', async () => {
    await setLanguage(code);
    const fallback = 'only in English';
    const untold = ERROR_CODES.filter(
      (code) => failureOf({ code, message: fallback, evidence: {} }).sentence === fallback,
    );
    // These are told by the reason in their evidence.
    expect(untold).toEqual(['image-unsupported', 'image-broken', 'image-too-large', 'request-invalid']);
  });
});
