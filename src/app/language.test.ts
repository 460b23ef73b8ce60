import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../contract/errors.ts';
import { readImageHeader } from '../../contract/image-header.ts';
import { failureOf } from './failures.ts';
import { fill, isLanguage, megabytes, number, preferredLanguage } from './language.ts';

describe('language', () => {
  it('takes the first preferred language that the page speaks', () => {
    expect(preferredLanguage(['nl-NL', 'en-GB'])).toBe('en');
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
