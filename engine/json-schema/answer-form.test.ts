/** How answers that were cut are completed, what a finished one is checked against, and that masks stay small and quick. */
import { describe, expect, test } from 'vitest';
import { AnswerForm } from './answer-form.ts';
import { AnswerConstraint } from './constraint.ts';
import type { Json } from './keywords.ts';
import { judge, seeded, table, walk } from './test/walk.ts';

const form = (schema: Json) => new AnswerForm(schema);

describe('closing', () => {
  test.each<[string, Json, string]>([
    ['email', { type: 'string', format: 'email' }, '"a'],
    ['email behind the @', { type: 'string', format: 'email' }, '"a.b@'],
    ['uri', { type: 'string', format: 'uri' }, '"ht'],
    ['duration', { type: 'string', format: 'duration' }, '"P'],
    ['date-time', { type: 'string', format: 'date-time' }, '"2024-02-29'],
    ['a half escape', { type: 'string', maxLength: 3 }, '"\\'],
    ['a half \\u', { type: 'string' }, '"\\u00'],
    ['a sign', { type: 'number', maximum: -0.5 }, '-'],
    ['a point', { type: 'number', minimum: 0.25, maximum: 0.5 }, '0.'],
    ['a value that is listed', { enum: [' ', 'long "quoted"'] }, '"lo'],
    ['the middle of a record', { type: 'object', additionalProperties: { type: 'boolean' } }, '{"a": true, '],
    ['a length that is needed', { type: 'string', minLength: 300 }, '"x'],
    ['nested', { type: 'array', items: { $ref: '#' } }, '[[[[[], ['],
  ])('%s', (_, schema, text) => {
    const whole = text + form(schema).closing(text);
    expect(judge(schema)(JSON.parse(whole)), whole).toBe(true);
  });

  test('it is the shortest there is', () => {
    expect(form({ type: 'object', additionalProperties: true }).closing('')).toBe('{}');
    expect(form({ anyOf: [{ type: 'string', minLength: 9 }, { type: 'null' }] }).closing('')).toBe('null');
    expect(form({ type: 'string', format: 'email' }).closing('"a')).toHaveLength('@0.aa"'.length);
    expect(form({ type: 'boolean' }).closing('true')).toBe('');
  });

  test('what is no beginning of an answer is an error, not an endless search', () => {
    expect(() => form({ type: 'boolean' }).closing('yes')).toThrow(expect.objectContaining({ code: 'backend-failed' }));
  });
});

describe('the last check', () => {
  test.each<[string, Json, string, string, string]>([
    ['no JSON', {}, '{"ratio": 005}', 'JSON', '#'],
    ['bounds', { properties: { a: { maximum: 1 } } }, '{"a": 1.67}', 'maximum', '#/properties/a'],
    ['an infinite number', { type: 'number' }, '1e999', 'type', '#'],
    ['required', { required: ['a'] }, '{}', 'required', '#'],
    ['items', { items: { enum: [1] } }, '[1, 2]', 'enum', '#/items'],
    [
      'one of two',
      { oneOf: [1, 2].map((k) => ({ type: 'object', properties: { k: { const: k } }, required: ['k'] })) },
      '{"k": 3}',
      'oneOf',
      '#',
    ],
    ['names', { propertyNames: { pattern: '^x' } }, '{"y": 1}', 'propertyNames', '#'],
    [
      'unknown names',
      { properties: { a: true }, unevaluatedProperties: false },
      '{"b": 1}',
      'unevaluatedProperties',
      '#',
    ],
  ])('%s', (_, schema, text, keyword, place) => {
    const wrong = { code: 'backend-failed', evidence: { reason: 'form-broken', keyword, place } };
    expect(() => form(schema).check(text)).toThrow(expect.objectContaining(wrong));
  });

  test('what fits passes', () => {
    expect(() => form({ properties: { a: { maximum: 1 } } }).check('{"a": 1}')).not.toThrow();
  });
});

test('raw control characters, lone quotes and backslashes are never let through, whatever the keyword', () => {
  const texts: Json[] = [
    {},
    { maxLength: 3 },
    { minLength: 1 },
    { pattern: '^.{2}$' },
    { pattern: '^\\S+$' },
    { pattern: '[^a-z]' },
    { pattern: '^red|blue$' },
  ];
  for (const keywords of texts) {
    const constraint = new AnswerConstraint(form({ type: 'string', ...(keywords as object) }), table);
    constraint.accept(34);
    for (let byte = 0; byte < 32; byte++) expect(constraint.allows(byte), JSON.stringify(keywords)).toBe(false);
    constraint.accept(92);
    for (const letter of 'aqx0') expect(constraint.allows(letter.charCodeAt(0))).toBe(false);
  }
});

test('bytes that are no UTF-8 are never let through', () => {
  // With a largest length there are no characters of four bytes at all.
  for (const [schema, four] of [
    [{ type: 'string' }, [0xf4, 0x90]],
    [{ type: 'string', maxLength: 9 }, [0xf4]],
  ] as const) {
    for (const bytes of [four, [0xc0], [0x80], [0xed, 0xa0], [0xe0, 0x80], [0xf8]]) {
      const constraint = new AnswerConstraint(form(schema), table);
      constraint.accept(34);
      for (const byte of bytes.slice(0, -1)) constraint.accept(byte);
      expect(constraint.allows(bytes.at(-1)!)).toBe(false);
    }
  }
});

test('a long answer does not make what is remembered grow without end', () => {
  const anything = form({});
  const constraint = new AnswerConstraint(anything, table);
  const random = seeded(7);
  for (let count = 0; count < 40; count++) expect(() => JSON.parse(walk(anything, random))).not.toThrow();
  for (let depth = 0; depth < 300; depth++) {
    constraint.accept('['.charCodeAt(0));
    constraint.allowed();
  }
  expect(constraint.allows(']'.charCodeAt(0))).toBe(true);
});
