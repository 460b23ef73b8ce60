/** Patterns against RegExp, bounds against numbers, bytes against TextEncoder, formats against a second validator. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalRange } from './decimal-range.ts';
import { KNOWN_FORMATS, formatPattern } from './formats.ts';
import { type Automaton, Languages, TooManyStates } from './language.ts';
import { patternLanguage } from './pattern.ts';
import { firstBroken } from './test/walk.ts';
import { utf8Ranges } from './utf8.ts';

function accepts({ arcs, accepting }: Automaton, text: string): boolean {
  let states = [0];
  for (const character of Array.from(text)) {
    const code = character.codePointAt(0)!;
    const behind = states.flatMap((state) => arcs[state]!.filter(({ from, to }) => from <= code && code <= to));
    states = [...new Set(behind.map(({ state }) => state))];
  }
  return states.some((state) => accepting[state]);
}

/** Patterns put together from parts that mean something to each other. */
const { pattern } = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '\\d',
      '\\W',
      '\\s',
      '[a-c"]',
      '\\\\',
      '\\u0061',
      '\\x62',
      '\\.',
      'é',
    ),
    tie('pattern').map((inner) => `(?:${inner})`),
    tie('pattern').map((inner) => `(${inner})`),
  ),
  pattern: fc
    .array(
      fc.oneof(
        {
          weight: 6,
          arbitrary: fc
            .tuple(tie('atom'), fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{0,1}?'))
            .map(([a, b]) => a + b),
        },
        { weight: 1, arbitrary: fc.constantFrom('^', '$', '|', '(?=a)', '(?!b)', '(?!.*a$)') },
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((parts) => parts.join('')),
}));

test('a pattern means what it means to RegExp', () => {
  let compared = 0;
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '"', '\\', '1', ' ', '\n', 'é', '.'), maxLength: 6 });
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 20, maxLength: 20 }), (source, texts) => {
      const languages = new Languages();
      let automaton: Automaton | null;
      try {
        automaton = languages.automaton(patternLanguage(source, languages));
      } catch (thrown) {
        if (!(thrown instanceof TooManyStates)) expect((thrown as Error).message).toMatch(/assertion|\^/); // said, not guessed
        return;
      }
      compared++;
      const expression = new RegExp(source, 'u');
      for (const one of texts)
        expect(automaton !== null && accepts(automaton, one), `${source} ${JSON.stringify(one)}`).toBe(
          expression.test(one),
        );
    }),
    { numRuns: 300 },
  );
  expect(compared).toBeGreaterThan(150);
});

describe('bounds', () => {
  const value = fc.oneof(
    fc.integer({ min: -1200, max: 1200 }).map((n) => n / 100),
    fc.integer({ min: -2000, max: 2000 }),
    fc.constantFrom(0, -0, 1e-7, -1e-7, 0.1, 0.30000000000000004, 1e15, 123456.789, -Infinity, Infinity),
  );
  test('a decimal is accepted exactly when it lies inside', () => {
    fc.assert(
      fc.property(
        value,
        value,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.integer({ min: -3_000_000, max: 3_000_000 }), { minLength: 20 }),
        (a, b, minExclusive, maxExclusive, integer, samples) => {
          const [min, max] = a <= b ? [a, b] : [b, a];
          const automaton = decimalRange({ integer, min, max, minExclusive, maxExclusive });
          const near = [min, max]
            .filter((n) => Math.abs(n) < 1e6)
            .flatMap((n) => [n, n - 0.01, n + 0.01, Math.round(n), Math.round(n) + 1]);
          for (const number of [...samples.map((n) => n / 1000), ...near]) {
            const text = String(Number(number.toFixed(6)));
            if (/e/.test(text)) continue;
            const read = Number(text);
            if (Object.is(read, -0)) continue;
            const isInside =
              (minExclusive ? read > min : read >= min) &&
              (maxExclusive ? read < max : read <= max) &&
              (!integer || Number.isInteger(read));
            // Beside an exclusive bound of many digits fewer decimals are written.
            if (automaton !== null && accepts(automaton, text)) expect(isInside, `${text} in ${min} ${max}`).toBe(true);
            else if (Math.abs(min) !== 1e15 && Math.abs(max) !== 1e15)
              expect(isInside, `${text} in ${min} ${max}`).toBe(false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('nothing that JSON forbids: leading zeros, a bare point, a sign alone', () => {
    const automaton = decimalRange({ integer: false, min: 0.25, max: 20, minExclusive: false, maxExclusive: false })!;
    for (const text of ['005', '0025', '01', '.5', '5.', '-1', '-', '', "0'25", '0.24', '20.1'])
      expect(accepts(automaton, text), text).toBe(false);
    for (const text of ['0.25', '0.3', '1', '1.0', '9.999', '10', '20', '20.0'])
      expect(accepts(automaton, text), text).toBe(true);
  });

  test('no decimal that rounds onto a bound that is outside', () => {
    const automaton = decimalRange({ integer: false, min: 0, max: 1, minExclusive: true, maxExclusive: true })!;
    expect(accepts(automaton, '0.999999')).toBe(true);
    for (const text of ['0', '0.0', '1', '1.0', `0.${'9'.repeat(17)}`])
      expect(accepts(automaton, text), text).toBe(false);
  });
});

test('ranges of code points are spelled as UTF-8 spells them, and nothing else is', () => {
  const code = fc.oneof(
    fc.integer({ min: 0, max: 0x10ffff }),
    fc.constantFrom(0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff),
  );
  const scalar = code.filter((n) => n < 0xd800 || n > 0xdfff);
  fc.assert(
    fc.property(scalar, scalar, scalar, (a, b, c) => {
      const [from, to] = a <= b ? [a, b] : [b, a];
      const parts =
        from <= 0xd7ff && to >= 0xe000 ? [[from, 0xd7ff] as const, [0xe000, to] as const] : [[from, to] as const];
      const spelled = parts.flatMap((range) => utf8Ranges(range));
      for (const probe of [a, b, c]) {
        const bytes = [...new TextEncoder().encode(String.fromCodePoint(probe))];
        const found = spelled.filter(
          (ranges) =>
            ranges.length === bytes.length && bytes.every((byte, i) => ranges[i]![0] <= byte && byte <= ranges[i]![1]),
        );
        expect(found.length).toBe(from <= probe && probe <= to ? 1 : 0);
      }
    }),
    { numRuns: 2000 },
  );
});

test.each(KNOWN_FORMATS)('format %s: what is written of it fits by a second validator', (format) => {
  expect(firstBroken({ type: 'string', format }, 60, 5)).toBeNull();
});

test('dates are real: leap years and the lengths of months', () => {
  const date = new RegExp(formatPattern('date', {})!);
  for (const text of ['2024-02-29', '2000-02-29', '1999-12-31', '0004-02-29']) expect(text).toMatch(date);
  for (const text of ['2023-02-29', '1900-02-29', '2024-04-31', '2024-13-01', '2024-00-10', '2024-01-32'])
    expect(text).not.toMatch(date);
});
