/** The JSON Schema keywords that answers are kept to → what their values may be; every other keyword is refused. */
import { refusal, unusable } from './refusal.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type SchemaObject = { [key: string]: Json };

export function isRecord(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const KINDS = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;
export type Kind = (typeof KINDS)[number];

const isCount = (value: Json) => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isNumber = (value: Json) => typeof value === 'number' && Number.isFinite(value);
const isText = (value: Json) => typeof value === 'string';
const isTexts = (value: Json) => Array.isArray(value) && value.every(isText);
const isType = (value: Json) => isText(value) && [...KINDS, 'integer'].includes(value as Kind);
const isTypes = (value: Json) => isType(value) || (Array.isArray(value) && value.length > 0 && value.every(isType));

/** Keywords with data: what the data has to be, in words and as a test. */
const DATA: Record<string, [string, (value: Json) => boolean]> = {
  type: ['the name of a JSON type, or a list of such names', isTypes],
  enum: ['a list of values', (value) => Array.isArray(value) && value.length > 0],
  const: ['a value', () => true],
  minimum: ['a number', isNumber],
  maximum: ['a number', isNumber],
  exclusiveMinimum: ['a number', isNumber],
  exclusiveMaximum: ['a number', isNumber],
  minLength: ['a whole number from 0 on', isCount],
  maxLength: ['a whole number from 0 on', isCount],
  pattern: ['a regular expression', isText],
  format: ['the name of a format', isText],
  contentEncoding: ['base64 or base64url', (value) => value === 'base64' || value === 'base64url'],
  minItems: ['a whole number from 0 on', isCount],
  maxItems: ['a whole number from 0 on', isCount],
  required: ['a list of names', isTexts],
  minProperties: ['a whole number from 0 on', isCount],
  maxProperties: ['a whole number from 0 on', isCount],
  nullable: ['true or false', (value) => typeof value === 'boolean'],
  $ref: ['a reference', isText],
  $anchor: ['a name', isText],
};

/** Keywords that ask for nothing. `discriminator` (OpenAPI) only repeats what a `oneOf` says. */
const NOTES = new Set([
  'title',
  'description',
  'default',
  'example',
  'examples',
  '$comment',
  '$schema',
  'deprecated',
  'readOnly',
  'writeOnly',
  'discriminator',
]);

/** Keywords with one schema, a list of schemas, or schemas by name (or by pattern). */
const ONE = new Set(['items', 'additionalItems', 'additionalProperties', 'propertyNames']);
const LISTS = new Set(['prefixItems', 'anyOf', 'oneOf', 'allOf']);
const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions']);

const CASES = 'write the cases as anyOf.';

/** What to do instead, where there is something. */
const ADVICE = new Map([
  ['not', 'write what is allowed instead.'],
  ['multipleOf', 'leave it out, or list the values as enum.'],
  ['uniqueItems', 'leave it out.'],
  ['contains', 'give items a schema instead.'],
  ['if', CASES],
  ['then', CASES],
  ['else', CASES],
  ['dependencies', CASES],
  ['dependentRequired', CASES],
  ['dependentSchemas', CASES],
  ['unevaluatedProperties', 'only false is; or use additionalProperties.'],
  ['unevaluatedItems', 'use items.'],
  ['$id', 'only the top of a schema may have one.'],
  ['$dynamicRef', 'use $ref.'],
  ['$recursiveRef', 'use $ref.'],
]);

/** How deep schemas may nest; the deepest of real ones have about 20 levels. */
const MAX_DEPTH = 100;

function checkKeyword(keyword: string, value: Json, pointer: string, depth: number): void {
  const place = `${pointer}/${escapePointer(keyword)}`;
  const wrong = (what: string) => refusal(keyword, pointer, `it has to be ${what}.`);
  const data = Object.hasOwn(DATA, keyword) ? DATA[keyword] : undefined;
  if (data) {
    if (!data[1](value)) throw wrong(data[0]);
  } else if (ONE.has(keyword)) {
    // `items` was a list before 2020-12.
    if (keyword === 'items' && Array.isArray(value)) checkList(keyword, value, pointer, depth);
    else checkSchema(value, place, depth + 1);
  } else if (LISTS.has(keyword)) {
    if (!Array.isArray(value) || value.length === 0) throw wrong('a list of schemas');
    checkList(keyword, value, pointer, depth);
  } else if (MAPS.has(keyword)) {
    if (!isRecord(value)) throw wrong('an object of schemas');
    for (const [name, schema] of Object.entries(value))
      checkSchema(schema, `${place}/${escapePointer(name)}`, depth + 1);
  } else if (!asksForNothing(keyword, value, pointer)) {
    const advice = ADVICE.get(keyword) ?? 'it is not among the keywords that answers are kept to.';
    throw refusal(keyword, pointer, advice);
  }
}

function asksForNothing(keyword: string, value: Json, pointer: string): boolean {
  if (NOTES.has(keyword) || keyword.startsWith('x-')) return true;
  if (keyword === 'uniqueItems') return value === false;
  if (keyword === '$id' || keyword === 'id') return pointer === '';
  if (keyword === 'unevaluatedProperties') return typeof value === 'boolean';
  return keyword === 'unevaluatedItems' && value === true;
}

function checkList(keyword: string, schemas: Json[], pointer: string, depth: number): void {
  schemas.forEach((schema, index) => checkSchema(schema, `${pointer}/${keyword}/${index}`, depth + 1));
}

/** Throws `request-invalid` for the first keyword, anywhere in `schema`, that is unknown or has a wrong value. */
export function checkSchema(schema: Json, pointer = '', depth = 0): void {
  if (depth > MAX_DEPTH) throw unusable(`The schema nests more than ${MAX_DEPTH} levels. Make it flatter.`);
  if (typeof schema === 'boolean') return;
  if (!isRecord(schema))
    throw unusable(`What stands at #${pointer} is no schema: it has to be an object or a boolean.`);
  for (const [keyword, value] of Object.entries(schema)) checkKeyword(keyword, value, pointer, depth);
}

/** A name as it stands in a JSON pointer. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
