/** What is wrong with data is named by its path; what Object.prototype offers is never taken for data. */
import { describe, expect, test } from 'vitest';
import { Field, fieldsOf } from './fields.ts';

class Refused extends Error {}
const read = (value: unknown) => new Field(value, '', (path, problem) => new Refused(`${path || 'all'} ${problem}`));

describe('paths', () => {
  const data = { files: [{ bytes: 1 }, { bytes: 'x' }], size: null };

  test('lead from the whole to the value at fault', () => {
    const second = read(data).get('files').list(2)[1]!;
    expect(second.get('bytes').path).toBe('files[1].bytes');
    expect(() => second.get('bytes').whole(0)).toThrow('files[1].bytes must be a whole number');
    expect(() => read([]).record()).toThrow('all must be an object');
    expect(() => read({ a: 1 }).get('a').get('b')).toThrow('a must be an object');
  });

  test('null is a value, absence is none', () => {
    expect(
      read(data)
        .get('size')
        .orNull((field) => field.whole(0)),
    ).toBeNull();
    expect(() => read(data).get('size').whole(0)).toThrow('size must be');
    expect(read(data).get('none').absent).toBe(true);
    const shape = { a: (field: Field) => field.whole(0) };
    expect([read({}).pick({}, shape), read({ a: 2, b: 3 }).pick({}, shape)]).toEqual([{}, { a: 2 }]);
    expect(() => read({ a: 2, b: 3 }).exactly(shape)).toThrow('b is not a known field');
    expect(() => read({}).exactly(shape)).toThrow('a is missing');
    expect(read({ a: 2 }).exactly({}, shape)).toEqual({ a: 2 });
  });

  test('a field has to be its own', () => {
    expect(read({}).get('constructor').absent).toBe(true);
    expect(read(JSON.parse('{"__proto__": 1}')).get('__proto__').value).toBe(1);
    expect(() => read(JSON.parse('{"a": 1, "__proto__": {}}')).only(['a'])).toThrow('__proto__ is not a known field');
    expect(() => read(Object.create({ a: 1 })).only(['a'])).toThrow('a is missing');
  });
});

describe('bounds', () => {
  test.each<[string, (field: Field) => unknown, unknown[], unknown[]]>([
    ['whole', (field) => field.whole(1, 3), [1, 3], [0, 4, 1.5, Number.NaN, '2', undefined, 2n]],
    ['whole, without an end', (field) => field.whole(1), [1, 2 ** 53 - 1], [0, 2 ** 53]],
    ['real', (field) => field.real(-1, 1), [-1, 0.5, 1], [1.1, Number.NaN, Number.POSITIVE_INFINITY, '0', null]],
    ['text', (field) => field.text(1, 3), ['a', 'abc'], ['', 'abcd', 1, ['a']]],
    ['oneOf', (field) => field.oneOf(['a', 1, true]), ['a', 1, true], ['b', '1', 'true', undefined, { a: 1 }]],
    ['list', (field) => field.list(2, 1).length, [], [[], [1, 2, 3], 'ab', { length: 1 }]],
  ])('%s', (_, take, fine, wrong) => {
    for (const value of fine) expect(take(read(value))).toBe(value);
    for (const value of wrong) expect(() => take(read(value)), String(value)).toThrow(Refused);
  });

  test('what is open to one side is said so', () => {
    expect(() => read(0).whole(1)).toThrow('is 0, but must be from 1 on');
    expect(() => read(0).whole(1, 9)).toThrow('is 0, but must be from 1 to 9');
    expect(() => read('x').oneOf(['a', 'b'])).toThrow('is "x", but must be one of a, b');
  });
});

test('what is read as far as it goes is an object in any case', () => {
  for (const value of [null, undefined, 1, 'a', [1]]) expect(Object.keys(fieldsOf(value))).toEqual([]);
  expect(fieldsOf({ a: 1 })).toEqual({ a: 1 });
});
