/** The person's language → the words and number forms of the page; translations arrive when they are first needed. */
import { useSyncExternalStore } from 'react';
import { en, type Words } from './words/en.ts';

/** In the order in which they are offered, each by its own name. */
export const LANGUAGES = {
  en: 'English',
} as const;

export type Language = keyof typeof LANGUAGES;

let current: { language: Language; words: Words } = { language: 'en', words: en };
const listeners = new Set<() => void>();

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(LANGUAGES, value);
}

/** The first of the person's preferred languages that the page speaks, else English. */
export function preferredLanguage(preferences: readonly string[]): Language {
  return preferences.map((tag) => tag.toLowerCase().split('-', 1)[0]).find(isLanguage) ?? 'en';
}

/** The words right now, for code outside components. */
export const words = (): Words => current.words;

/** The BCP 47 tag of the words right now. */
export const language = (): Language => current.language;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The words, and a new rendering when they change. */
export function useWords(): Words {
  return useSyncExternalStore(subscribe, words, words);
}

/** Fetches the words of `next` and shows them. When they can't be fetched, what is shown stays. */
export async function setLanguage(next: Language): Promise<void> {
  const loaded = await Promise.resolve(en);
  current = { language: next, words: loaded };
  document.documentElement.lang = next;
  document.title = loaded.title;
  for (const listener of listeners) listener();
}

/** `template` with each `{name}` replaced; a name without a value stays as it is. */
export function fill(template: string, values: Record<string, unknown>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : place,
  );
}

/** A number as the language writes it, with exactly so many digits behind the point. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString(current.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Bytes as megabytes with their unit. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toLocaleString(current.language, {
    style: 'unit',
    unit: 'megabyte',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
}
