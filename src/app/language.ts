/** The person's language → the words, number forms and direction of the page; translations arrive when they are first needed. */
import { useSyncExternalStore } from 'react';
import { observable } from './observable.ts';
import { enFirst, type Words } from './words/en.ts';

/** In the order in which they are offered, each by its own name. */
export const LANGUAGES = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  zh: '简体中文',
  ar: 'العربية',
} as const;

export type Language = keyof typeof LANGUAGES;

/** Forms of one text by CLDR plural category; each language has those that `Intl.PluralRules` names for it. */
export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** Each language is a file of its own, fetched by the visitor who reads it. */
const LOADERS: Record<Language, () => Promise<Words>> = {
  en: () => fetchLateWords().then(() => en),
  de: async () => (await import('./words/de.ts')).de,
  es: async () => (await import('./words/es.ts')).es,
  fr: async () => (await import('./words/fr.ts')).fr,
  zh: async () => (await import('./words/zh.ts')).zh,
  ar: async () => (await import('./words/ar.ts')).ar,
};

/** The English words, those of later parts of the page once `fetchLateWords` has settled. */
const en = enFirst as Words;

const current = observable<{ language: Language; words: Words }>({ language: 'en', words: en });
/** What was asked for last: words that arrive after those of a later choice are not shown. */
let wanted: Language = 'en';

function add(late: object): void {
  const sections = en as unknown as Record<string, string | object>;
  for (const [name, texts] of Object.entries(late) as [string, string | object][])
    sections[name] = typeof texts === 'string' ? texts : { ...Object(sections[name]), ...texts };
  // What was said without them, such as a failure by its own message, is said anew.
  if (current.getState().language === 'en') current.setState({ language: 'en', words: { ...en } });
}

let late: Promise<void> | null = null;

/**
 * The rest of the English words: those of what can go wrong, and of parts that come after the first screen and wait for
 * them. Other languages come whole. Rejects when they can't be fetched; the next call tries again.
 */
export function fetchLateWords(): Promise<void> {
  late ??= import('./words/en-late.ts').then(
    ({ enLate }) => add(enLate),
    (thrown: unknown) => {
      late = null;
      throw thrown;
    },
  );
  return late;
}

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(LANGUAGES, value);
}

/** The first subtag of a BCP 47 tag: `de` for `de-AT`. */
const primary = (tag: string): string | undefined => tag.toLowerCase().split('-', 1)[0];

/** The first of the person's preferred languages that the page speaks, else English. */
export function preferredLanguage(preferences: readonly string[]): Language {
  return preferences.map(primary).find(isLanguage) ?? 'en';
}

/** BCP 47 tag for the `lang` of what is written in `code`. */
export const tagOf = (code: Language): string => (code === 'zh' ? 'zh-Hans' : code);

export const directionOf = (code: Language): 'ltr' | 'rtl' => (code === 'ar' ? 'rtl' : 'ltr');

/** The words right now, for code outside components. */
export const words = (): Words => current.getState().words;

/** The language of the words right now. */
export const language = (): Language => current.getState().language;

/** Where numbers and dates come from: the language as the person's own region writes it. */
export function locale(): string {
  const region = (globalThis.navigator?.languages ?? []).find((tag) => primary(tag) === language());
  return region ?? language();
}

/** The words, and a new rendering when they change. */
export function useWords(): Words {
  return useSyncExternalStore(current.subscribe, words, words);
}

/** Fetches the words of `next` and shows them. When they can't be fetched, what is shown stays and the promise rejects. */
export async function setLanguage(next: Language): Promise<void> {
  wanted = next;
  const loaded = next === 'en' && language() === 'en' ? en : await LOADERS[next]();
  if (wanted !== next) return;
  document.documentElement.lang = tagOf(next);
  document.documentElement.dir = directionOf(next);
  document.title = loaded.title;
  current.setState({ language: next, words: loaded });
}

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/** A value that may run the other way than the sentence around it, between marks that keep it together and the rest in place. */
function isolated(value: string): string {
  const foreign = directionOf(language()) === 'rtl' || RIGHT_TO_LEFT.test(value);
  return foreign ? `\u2068${value}\u2069` : value;
}

/** `template` with each `{name}` replaced; a name without a value stays as it is. */
export function fill(template: string, values: Record<string, unknown>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? isolated(String(values[name])) : place,
  );
}

/** The form for `count` things, with its `{count}` and whatever else filled in. */
export function plural(forms: Plural, count: number, values: Record<string, unknown> = {}): string {
  const form = forms[new Intl.PluralRules(language()).select(count)] ?? forms.other;
  return fill(form, { count: number(count), ...values });
}

/** A number as the language writes it, with exactly so many digits behind the point. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Whole per cent with its sign; `value` from 0 to 100. */
export function percent(value: number): string {
  return (value / 100).toLocaleString(locale(), { style: 'percent', maximumFractionDigits: 0 });
}

function megabyteFormat(digits: number): Intl.NumberFormat {
  const unit = {
    style: 'unit',
    unit: 'megabyte',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const;
  return new Intl.NumberFormat(locale(), unit);
}

/** Bytes as megabytes with their unit. */
export function megabytes(bytes: number): string {
  return megabyteFormat(1).format(bytes / 1e6);
}

/** Bytes as megabytes, or gigabytes where there are so many, with their unit. */
export function fileSize(bytes: number): string {
  if (bytes < 1e9) return megabytes(bytes);
  return (bytes / 1e9).toLocaleString(locale(), { style: 'unit', unit: 'gigabyte', maximumFractionDigits: 1 });
}

/** Bytes as whole megabytes, rounded up, or gigabytes with at most one digit, with their unit. */
export function roundSize(bytes: number): string {
  if (bytes < 1e9) return megabyteFormat(0).format(Math.ceil(bytes / 1e6));
  return fileSize(bytes);
}

/** Names as the language lists them. */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(names);
}

/** From so many bytes to so many, in whole megabytes. */
export function megabyteRange(least: number, most: number): string {
  return megabyteFormat(0).formatRange(least / 1e6, most / 1e6);
}

/** A whole length of time with its unit. */
export function duration(value: number, unit: 'second' | 'millisecond'): string {
  return value.toLocaleString(locale(), { style: 'unit', unit, maximumFractionDigits: 0 });
}
