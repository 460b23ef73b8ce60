/** Every form that is accepted is kept, in random walks through the mask, by the judgement of a second validator. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../contract/errors.ts';
import { AnswerForm } from './answer-form.ts';
import type { Json } from './keywords.ts';
import { firstBroken } from './test/walk.ts';

/** `FORM_WALKS=200 npx vitest run workers/engine/json-schema` looks harder. */
const WALKS = Number(process.env['FORM_WALKS'] ?? 12);

const forms = JSON.parse(
  readFileSync(new URL('../../fixtures/json-schemas/forms.json', import.meta.url), 'utf8'),
) as Record<string, Json>;

function refusalOf(schema: unknown): AppError | null {
  try {
    new AnswerForm(schema as Json);
    return null;
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
}

/** What of the forms is refused: the keyword and where it stands. */
const REFUSED: Record<string, [string, string]> = {
  'pattern wordboundary': ['pattern', '#'],
  dependencies: ['dependencies', '#'],
  'oneOf overlap': ['oneOf', '#'],
};

describe('forms that grammar libraries drop, approximate or break', () => {
  test.each(Object.keys(forms))('%s', (name) => {
    const refused = refusalOf(forms[name]);
    const expected = REFUSED[name];
    if (expected) {
      const [keyword, place] = expected;
      expect(refused).toMatchObject({ code: 'request-invalid', evidence: { keyword, place } });
      expect(refused?.message).toContain(`${keyword} at ${place}`);
    } else {
      expect(refused).toBeNull();
      expect(firstBroken(forms[name], WALKS, 1)).toBeNull();
    }
  });
});

const person = z.object({ name: z.string().min(1).max(20), age: z.number().int().min(0).max(150) });
const ZOD: Record<string, z.ZodType> = {
  record: z.record(z.string(), z.boolean()),
  'record of shares': z.record(z.string(), z.number().min(0).max(1)),
  'record of names': z.record(z.enum(['a', 'b']), z.number()),
  'partial record': z.partialRecord(z.enum(['a', 'b']), z.boolean()),
  'record of patterns': z.record(z.string().regex(/^[a-z]{1,3}$/), z.boolean()),
  email: z.email(),
  'email of a length': z.email().max(30),
  url: z.url(),
  uuid: z.uuid(),
  'uuid 4': z.uuidv4(),
  ipv4: z.ipv4(),
  date: z.iso.date(),
  'date and time': z.iso.datetime(),
  'date and time with zone': z.iso.datetime({ offset: true }),
  duration: z.iso.duration(),
  base64: z.base64(),
  cuid2: z.cuid2(),
  nanoid: z.nanoid(),
  emoji: z.emoji(),
  e164: z.e164(),
  int: z.int(),
  'number above 0': z.number().positive(),
  'number below 0': z.number().negative().min(-2.5),
  share: z.number().min(0).max(1),
  'string lengths': z.string().min(2).max(4),
  'string parts': z.string().startsWith('a"').includes('\\').endsWith('z').max(12),
  'list lengths': z.array(z.boolean()).min(1).max(3),
  tuple: z.tuple([z.boolean(), z.int().min(1).max(3)]),
  'tuple and rest': z.tuple([z.boolean()], z.null()),
  enum: z.enum(['red', 'gr"ün', 'line\nbreak']),
  literals: z.literal(['a', 1, true, null]),
  optional: z.object({ a: z.boolean().optional(), b: z.string().max(3), c: z.null().optional() }),
  nullable: z.object({ a: z.string().max(3).nullable() }),
  default: z.object({ a: z.boolean().default(true) }),
  union: z.union([z.string().max(2), z.number().min(1).max(2), person]),
  discriminated: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('circle'), radius: z.number().positive() }),
    z.object({ kind: z.literal('square'), side: z.number().positive() }),
  ]),
  intersection: z.intersection(z.object({ a: z.boolean() }), z.object({ b: z.boolean() })),
  loose: z.looseObject({ a: z.boolean() }),
  strict: z.strictObject({ a: z.boolean() }),
  catchall: z.object({ a: z.boolean() }).catchall(z.int().min(0).max(3)),
  recursive: z.object({
    name: z.string().max(3),
    get inside() {
      return z.array(person).max(2);
    },
  }),
};

describe('what zod writes', () => {
  test.each(Object.keys(ZOD))('%s', (name) => {
    const type = ZOD[name]!;
    const schema = z.toJSONSchema(type);
    expect(firstBroken(schema, WALKS, 2, (value) => type.safeParse(value).success)).toBeNull();
  });
});

describe('refused by keyword and place', () => {
  const refused: [string, Json, string, string][] = [
    ['an unknown keyword', { properties: { a: { maximun: 3 } } }, 'maximun', '#/properties/a'],
    ['not', { properties: { 'a/b': { not: {} } } }, 'not', '#/properties/a~1b'],
    ['unique items', { type: 'array', uniqueItems: true }, 'uniqueItems', '#'],
    ['a multiple', { type: 'number', multipleOf: 0.1 }, 'multipleOf', '#'],
    ['an old bound', { type: 'number', minimum: 1, exclusiveMinimum: true }, 'exclusiveMinimum', '#'],
    ['a wrong type', { type: 'thing' }, 'type', '#'],
    ['a dead reference', { $ref: '#/$defs/nope' }, '$ref', '#'],
    [
      'a reference in a circle',
      { $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' },
      '$ref',
      '#/$defs/a/anyOf/0',
    ],
    ['bounds that cross', { type: 'number', minimum: 3, maximum: 2 }, 'minimum', '#'],
    ['no whole number', { type: 'integer', minimum: 0.2, maximum: 0.8 }, 'minimum', '#'],
    ['lengths that cross', { type: 'string', minLength: 3, maxLength: 2 }, 'minLength', '#'],
    ['a pattern beside a format', { type: 'string', pattern: '^x', format: 'date' }, 'pattern', '#'],
    ['an unknown format', { type: 'string', format: 'iri' }, 'format', '#'],
    ['no regular expression', { type: 'string', pattern: '(' }, 'pattern', '#'],
    ['a reference back', { type: 'string', pattern: '(a)\\1' }, 'pattern', '#'],
    ['a look behind', { type: 'string', pattern: '(?<=a)b' }, 'pattern', '#'],
    ['too many states', { type: 'string', pattern: '^(a|b)*a(a|b){20}$' }, 'pattern', '#'],
    ['a required property that may not be', { required: ['a'], additionalProperties: false }, 'required', '#'],
    ['made-up names that must differ', { type: 'object', minProperties: 3 }, 'minProperties', '#'],
    ['an overlap', { oneOf: [{ type: 'string' }, { type: ['string', 'null'] }] }, 'oneOf', '#'],
    ['an overlap in one value', { type: 'boolean', oneOf: [{ type: 'boolean' }, { const: false }] }, 'oneOf', '#'],
    ['nullable alone', { nullable: true }, 'nullable', '#'],
    [
      'names from outside',
      { properties: { a: true }, allOf: [{ unevaluatedProperties: false }] },
      'unevaluatedProperties',
      '#/allOf/0',
    ],
  ];
  test.each(refused)('%s', (_, schema, keyword, place) => {
    const error = refusalOf(schema);
    expect(error).toMatchObject({ code: 'request-invalid', evidence: { option: 'response_format', keyword, place } });
    expect(error?.message).toContain(`${keyword} at ${place}`);
  });

  test('what asks for too much, or for something without end, says so', () => {
    const endless = { $ref: '#/$defs/a', $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' }, minItems: 1 } } };
    expect(refusalOf(endless)?.message).toContain('without end');
    expect(refusalOf({ type: 'string', minLength: 1e9 })?.message).toContain('at least 1000000002 characters');
    expect(refusalOf({ type: 'array', items: {}, minItems: 1e9 })?.message).toContain('at least');
    const deep = Array.from({ length: 5000 }).reduce<Json>((inside) => ({ items: inside }), {});
    expect(refusalOf(deep)?.code).toBe('request-invalid');
  });
});

describe('kept as well', () => {
  const kept: [string, Json][] = [
    [
      'keywords that ask for nothing',
      { type: 'array', items: { type: 'boolean' }, uniqueItems: false, title: 't', 'x-order': 1, examples: [1] },
    ],
    ['large lengths', { type: 'string', minLength: 100, maxLength: 100_000 }],
    ['long lists', { type: 'array', items: { type: 'boolean' }, maxItems: 1_000_000 }],
    ['references by anchor', { $defs: { a: { $anchor: 'yes', type: 'boolean' } }, $ref: '#yes' }],
    ['references by ~1 and ~0', { $defs: { 'a/b~': { type: 'boolean' } }, $ref: '#/$defs/a~1b~0' }],
    ['a list that contains itself', { type: 'array', items: { $ref: '#' }, maxItems: 2 }],
    ['parts of allOf together', { allOf: [{ type: 'string', pattern: '^a' }, { minLength: 3 }, { maxLength: 4 }] }],
    [
      'several patterns',
      { allOf: [{ type: 'string', pattern: '[0-9]' }, { pattern: '[A-Z]' }, { pattern: '^.{4}$' }] },
    ],
    [
      'required beside anyOf',
      {
        type: 'object',
        properties: { a: { type: 'boolean' } },
        required: ['a'],
        anyOf: [{ properties: { b: { type: 'null' } }, required: ['b'] }, {}],
      },
    ],
    [
      'bounds beside a reference',
      { $defs: { n: { type: 'number' } }, $ref: '#/$defs/n', exclusiveMinimum: 0, maximum: 0.001 },
    ],
    ['large bounds', { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 }],
    ['tiny bounds', { type: 'number', exclusiveMinimum: 1e-7, maximum: 3e-7 }],
    ['bounds with many digits', { type: 'number', minimum: 0.1, exclusiveMaximum: 0.30000000000000004 }],
    [
      'additional names beside given ones',
      { type: 'object', properties: { a: { type: 'boolean' } }, additionalProperties: { type: 'null' } },
    ],
    [
      'counts of properties',
      { type: 'object', properties: { a: true, b: true, c: { type: 'null' } }, minProperties: 2, maxProperties: 2 },
    ],
    [
      'two patterns of names',
      { patternProperties: { '^a': { type: 'integer' }, b$: { maximum: 3, minimum: 1 } }, minProperties: 1 },
    ],
    [
      'a tuple of the old kind',
      { type: 'array', prefixItems: [{ type: 'boolean' }, { type: 'null' }], items: { type: 'boolean' }, maxItems: 4 },
    ],
    [
      'oneOf told apart by a const',
      {
        oneOf: [
          { properties: { k: { const: 1 } }, required: ['k'] },
          { properties: { k: { const: 2 } }, required: ['k'] },
        ],
        type: 'object',
      },
    ],
    ['anything in an object', { type: 'object', additionalProperties: true }],
    ['false parts', { type: 'object', properties: { a: false, b: { type: 'boolean' } }, required: ['b'] }],
  ];
  test.each(kept)('%s', (_, schema) => {
    expect(firstBroken(schema, WALKS, 3)).toBeNull();
  });
});

/** Schemas of the keywords that are kept, meaningful or not. */
const { schema: anySchema } = fc.letrec<{ schema: Json; leaf: Json }>((tie) => {
  const bound = fc.oneof(
    fc.integer({ min: -20, max: 20 }),
    fc.integer({ min: -999, max: 999 }).map((n) => n / 100),
  );
  const optional = <T extends Record<string, unknown>>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
    fc.record(shape, { requiredKeys: [] });
  const number = optional({ minimum: bound, maximum: bound, exclusiveMinimum: bound, exclusiveMaximum: bound }).chain(
    (rest) => fc.constantFrom('number', 'integer').map((type) => ({ type, ...rest })),
  );
  const text = optional({
    minLength: fc.nat(4),
    maxLength: fc.nat(6),
    pattern: fc.constantFrom(
      '^[a-c]*$',
      'a|b',
      '^x|y$',
      '[^a]',
      '^(?!a).',
      '\\d{2}',
      '"',
      '\\\\',
      '^\\S+$',
      '^.{2,5}$',
      'é?$',
    ),
    format: fc.constantFrom('date', 'time', 'email', 'uri', 'ipv4', 'duration', 'hostname'),
  }).map((rest) => ({ type: 'string', ...rest }));
  const value = fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant([1, { a: '"' }]),
  );
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'x"', 'y\n', 'é'), { maxLength: 3 });
  const object = fc
    .record(
      {
        properties: fc.dictionary(fc.constantFrom('a', 'b', 'x"', 'y\n'), tie('schema'), { maxKeys: 3 }),
        required: names,
        additionalProperties: fc.oneof(fc.boolean(), tie('leaf')),
        patternProperties: fc.dictionary(fc.constantFrom('^a', 'b', '"$'), tie('leaf'), { maxKeys: 2 }),
        propertyNames: fc.constantFrom({ maxLength: 3 }, { pattern: '^[a-z]' }, { enum: ['a', 'b'] }),
        minProperties: fc.nat(2),
        maxProperties: fc.nat(3),
      },
      { requiredKeys: [] },
    )
    .map((rest) => ({ type: 'object', ...rest }));
  const array = fc
    .record(
      {
        items: tie('schema'),
        prefixItems: fc.array(tie('leaf'), { minLength: 1, maxLength: 2 }),
        minItems: fc.nat(2),
        maxItems: fc.nat(3),
      },
      { requiredKeys: [] },
    )
    .map((rest) => ({ type: 'array', ...rest }));
  const parts = fc.array(tie('schema'), { minLength: 1, maxLength: 3 });
  const combined = fc
    .tuple(tie('leaf'), fc.constantFrom('anyOf', 'oneOf', 'allOf'), parts)
    .map(([leaf, keyword, list]) => ({ ...(leaf as object), [keyword]: list }));
  return {
    leaf: fc.oneof(
      number,
      text,
      fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => ({ enum: values })),
      value.map((one) => ({ const: one })),
      fc.constantFrom({ type: 'boolean' }, { type: ['null', 'string'] }, {}, true),
    ) as fc.Arbitrary<Json>,
    schema: fc.oneof({ maxDepth: 2 }, tie('leaf'), object, array, combined) as fc.Arbitrary<Json>,
  };
});

test('made-up schemas of the keywords that are kept: kept, or refused in words', () => {
  let kept = 0;
  fc.assert(
    fc.property(anySchema, fc.nat(1000), (schema, seed) => {
      const refused = refusalOf(schema);
      if (refused) {
        expect(refused).toMatchObject({ code: 'request-invalid', evidence: { option: 'response_format' } });
        return;
      }
      kept++;
      expect(firstBroken(schema, 4, seed)).toBeNull();
    }),
    { numRuns: WALKS * 25 },
  );
  expect(kept).toBeGreaterThan(WALKS * 5);
});
