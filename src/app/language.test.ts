import { afterEach, describe, expect, it, vi } from 'vitest';
import { ERROR_CODES } from '../../contract/errors.ts';
import { readImageHeader } from '../../image/header.ts';
import { failureOf } from './failures.ts';
import {
  directionOf,
  duration,
  fill,
  isLanguage,
  megabyteRange,
  megabytes,
  number,
  percent,
  plural,
  preferredLanguage,
  setLanguage,
  tagOf,
  words,
} from './language.ts';

describe('language', () => {
  it('takes the first preferred language that the page speaks', () => {
    expect(preferredLanguage(['nl-NL', 'en-GB', 'de'])).toBe('en');
    expect(preferredLanguage(['nl-NL', 'zh-Hant-TW', 'en'])).toBe('zh');
    expect(preferredLanguage(['AR-ma'])).toBe('ar');
    expect(preferredLanguage(['xx', 'toString'])).toBe('en');
    expect(isLanguage('__proto__')).toBe(false);
  });

  it('fills places and leaves unknown ones standing', () => {
    expect(fill('{a} of {b}, {c}', { a: 1, b: '{a}' })).toBe('1 of {a}, {c}');
    expect(fill('{toString}', {})).toBe('{toString}');
  });

  it('writes numbers with the digits asked for', () => {
    expect(number(1234.56, 1)).toBe('1,234.6');
    expect(megabytes(6_200_000)).toBe('6.2 MB');
    expect(megabyteRange(189e6, 261e6)).toMatch(/^189\s?–\s?261 MB$/);
    expect(megabyteRange(189e6, 189e6)).toMatch(/189 MB$/);
    expect(percent(7)).toBe('7%');
    expect(duration(1200, 'millisecond')).toBe('1,200 ms');
  });
});

describe('another language', () => {
  const page = { documentElement: { lang: '', dir: '' }, title: '' };
  afterEach(async () => {
    vi.stubGlobal('navigator', { languages: [] });
    await setLanguage('en');
    vi.unstubAllGlobals();
  });

  it('sets tag, direction and title of the page', async () => {
    vi.stubGlobal('document', page);
    await setLanguage('ar');
    expect(page).toMatchObject({ documentElement: { lang: 'ar', dir: 'rtl' }, title: words().title });
    await setLanguage('zh');
    expect(page.documentElement).toEqual({ lang: 'zh-Hans', dir: 'ltr' });
    expect([tagOf('fr'), directionOf('fr')]).toEqual(['fr', 'ltr']);
  });

  it('shows what was chosen last, whichever words arrive first', async () => {
    vi.stubGlobal('document', page);
    await Promise.all([setLanguage('fr'), setLanguage('en')]);
    expect(page.documentElement.lang).toBe('en');
  });

  it('counts and writes numbers its own way, and that of the region', async () => {
    vi.stubGlobal('document', page);
    vi.stubGlobal('navigator', { languages: ['en', 'de-CH'] });
    await setLanguage('de');
    expect(number(1234.5, 1)).toMatch(/^1[’']234\.5$/);
    expect([0, 1, 2].map((count) => plural(words().history.imported, count).slice(2))).toEqual([
      'Unterhaltungen wurden hinzugefügt.',
      'Unterhaltung wurde hinzugefügt.',
      'Unterhaltungen wurden hinzugefügt.',
    ]);
    vi.stubGlobal('navigator', { languages: ['ar-MA'] });
    await setLanguage('ar');
    expect(plural(words().history.imported, 3)).toBe('أُضيفت \u20683\u2069 محادثات.');
  });

  it('keeps values apart that run the other way', async () => {
    vi.stubGlobal('document', page);
    expect(fill('“{title}”', { title: 'ما هذا؟ (1)' })).toBe('“\u2068ما هذا؟ (1)\u2069”');
    await setLanguage('ar');
    expect(fill('«{file}»', { file: 'a.json' })).toBe('«\u2068a.json\u2069»');
  });
});

describe('failures', () => {
  it('has a sentence for every code', () => {
    for (const code of ERROR_CODES) {
      expect(failureOf({ code, message: 'fallback', evidence: {} }).sentence.length, code).toBeGreaterThan(5);
    }
  });

  it('names the kind of a file that is no usable picture', () => {
    try {
      readImageHeader(new TextEncoder().encode('%PDF-1.7'));
    } catch (thrown) {
      expect(failureOf(thrown as never).sentence).toContain('PDF');
    }
    expect.assertions(1);
  });

  it('fills the sentence from the evidence', () => {
    const evidence = { reason: 'tooManyPixels', width: 7, height: 8 };
    expect(failureOf({ code: 'image-too-large', message: '', evidence }).sentence).toContain('7 × 8');
  });
});
