/** A value and a place in a schema → null when the value fits, else the keyword that it breaks. */
import type { Place, SchemaDocument } from './document.ts';
import { formatPattern } from './formats.ts';
import { isRecord, type Json, type SchemaObject } from './keywords.ts';
import { unusable } from './refusal.ts';

/** The first broken rule. */
export interface Misfit {
  keyword: string;
  /** JSON pointer of the schema that has the keyword. */
  pointer: string;
}

/** References that lead through this many schemas without reading anything lead in circles. */
const MAX_DEPTH = 500;

const expressions = new Map<string, RegExp>();

/** Patterns mean what they mean in JavaScript with flag u. */
export function expressionOf(pattern: string): RegExp {
  let expression = expressions.get(pattern);
  if (!expression) {
    expression = new RegExp(pattern, 'u');
    expressions.set(pattern, expression);
  }
  return expression;
}

/** Whether two JSON values are the same; the order of properties does not count. */
export function isSame(a: Json, b: Json): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]!));
  if (!isRecord(a)) return a === b;
  if (!isRecord(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name]!, b[name]!))
  );
}

function isOfType(value: Json, type: Json): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    default:
      return typeof value === type;
  }
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function names(value: Json | undefined): string[] {
  return isRecord(value) ? Object.keys(value) : [];
}

/** Keywords about one value alone → whether it breaks them. */
function brokenBound(value: Json, schema: SchemaObject): string | null {
  const over = (keyword: string, isBroken: (bound: number) => boolean): string[] => {
    const bound = schema[keyword];
    return typeof bound === 'number' && isBroken(bound) ? [keyword] : [];
  };
  const size = (least: string, most: string, count: number) => [
    ...over(least, (bound) => count < bound),
    ...over(most, (bound) => count > bound),
  ];
  let broken: string[] = [];
  if (typeof value === 'number') {
    broken = [
      ...size('minimum', 'maximum', value),
      ...over('exclusiveMinimum', (bound) => value <= bound),
      ...over('exclusiveMaximum', (bound) => value >= bound),
    ];
  } else if (typeof value === 'string') broken = size('minLength', 'maxLength', Array.from(value).length);
  else if (Array.isArray(value)) broken = size('minItems', 'maxItems', value.length);
  else if (isRecord(value)) broken = size('minProperties', 'maxProperties', Object.keys(value).length);
  return broken[0] ?? null;
}

function brokenText(value: string, schema: SchemaObject): string | null {
  const { pattern } = schema;
  if (typeof pattern === 'string' && !expressionOf(pattern).test(value)) return 'pattern';
  for (const keyword of ['format', 'contentEncoding']) {
    const name = schema[keyword];
    const meant = typeof name === 'string' ? formatPattern(name, schema) : null;
    if (typeof meant === 'string' && !expressionOf(meant).test(value)) return keyword;
  }
  return null;
}

export class Checker {
  readonly #document: SchemaDocument;

  constructor(document: SchemaDocument) {
    this.#document = document;
  }

  /** `known` collects the properties that the schema says something about. */
  check(value: Json, place: Place, known = new Set<string>(), depth = 0): Misfit | null {
    const { schema, pointer } = place;
    if (schema === true) return null;
    if (schema === false) return { keyword: 'false', pointer };
    if (depth > MAX_DEPTH) throw unusable(`The schema leads in circles at #${pointer}.`);
    const keyword = this.#brokenKeyword(value, schema);
    if (keyword !== null) return { keyword, pointer };
    const part =
      this.#checkParts(value, place, schema, known, depth) ??
      (Array.isArray(value) ? this.#checkItems(value, place, schema) : null) ??
      (isRecord(value) ? this.#checkProperties(value, place, schema, known) : null);
    if (part) return part;
    const isClosed = schema['unevaluatedProperties'] === false && isRecord(value);
    if (isClosed && Object.keys(value).some((name) => !known.has(name)))
      return { keyword: 'unevaluatedProperties', pointer };
    return null;
  }

  /** Like `check`, but without `$ref`, `allOf`, `anyOf` and `oneOf`: whether the keywords of one schema alone allow it. */
  isRefusedBy(value: Json, place: Place): boolean {
    const { schema } = place;
    if (typeof schema === 'boolean') return !schema;
    if (this.#brokenKeyword(value, schema) !== null) return true;
    if (Array.isArray(value)) return this.#checkItems(value, place, schema) !== null;
    return isRecord(value) && this.#checkProperties(value, place, schema, new Set()) !== null;
  }

  #brokenKeyword(value: Json, schema: SchemaObject): string | null {
    const { type, nullable, enum: values, required } = schema;
    if (type !== undefined && !(nullable === true && value === null))
      if (![type].flat().some((one) => isOfType(value, one))) return 'type';
    if (Array.isArray(values) && !values.some((one) => isSame(one, value))) return 'enum';
    if (Object.hasOwn(schema, 'const') && !isSame(schema['const']!, value)) return 'const';
    if (isRecord(value) && list(required).some((name) => !Object.hasOwn(value, name as string))) return 'required';
    return brokenBound(value, schema) ?? (typeof value === 'string' ? brokenText(value, schema) : null);
  }

  /** The schemas that are about the same value. */
  #checkParts(value: Json, place: Place, schema: SchemaObject, known: Set<string>, depth: number): Misfit | null {
    if (schema['$ref'] !== undefined) {
      const misfit = this.check(value, this.#document.target(place), known, depth + 1);
      if (misfit) return misfit;
    }
    for (const index of list(schema['allOf']).keys()) {
      const misfit = this.check(value, this.#document.below(place, 'allOf', index), known, depth + 1);
      if (misfit) return misfit;
    }
    for (const keyword of ['anyOf', 'oneOf']) {
      if (schema[keyword] === undefined) continue;
      let fitting = 0;
      for (const index of list(schema[keyword]).keys()) {
        const seen = new Set<string>();
        if (this.check(value, this.#document.below(place, keyword, index), seen, depth + 1)) continue;
        fitting++;
        for (const name of seen) known.add(name);
      }
      if (fitting === 0 || (keyword === 'oneOf' && fitting > 1)) return { keyword, pointer: place.pointer };
    }
    return null;
  }

  #checkItems(value: Json[], place: Place, schema: SchemaObject): Misfit | null {
    for (const [index, item] of value.entries()) {
      const at = itemPath(schema, index);
      const misfit = at && this.check(item, this.#document.below(place, ...at));
      if (misfit) return misfit;
    }
    return null;
  }

  #checkProperties(value: Record<string, Json>, place: Place, schema: SchemaObject, known: Set<string>): Misfit | null {
    for (const [name, item] of Object.entries(value)) {
      const paths = propertyPaths(schema, name);
      if (paths.length > 0) known.add(name);
      for (const path of paths) {
        const misfit = this.check(item, this.#document.below(place, ...path));
        if (misfit) return misfit;
      }
      if (schema['propertyNames'] === undefined) continue;
      if (this.check(name, this.#document.below(place, 'propertyNames')))
        return { keyword: 'propertyNames', pointer: place.pointer };
    }
    return null;
  }
}

/** Where a schema says what its item number `index` has to be; null where it says nothing. */
export function itemPath(schema: SchemaObject, index: number): (string | number)[] | null {
  const { prefixItems, items, additionalItems } = schema;
  const keyword = Array.isArray(prefixItems) ? 'prefixItems' : 'items';
  if (index < list(schema[keyword]).length) return [keyword, index];
  if (Array.isArray(items)) return additionalItems === undefined ? null : ['additionalItems'];
  return items === undefined ? null : ['items'];
}

/** Where a schema says what its property `name` has to be. */
export function propertyPaths(schema: SchemaObject, name: string): string[][] {
  const { properties, patternProperties, additionalProperties } = schema;
  const paths = [
    ...(isRecord(properties) && Object.hasOwn(properties, name) ? [['properties', name]] : []),
    ...names(patternProperties)
      .filter((pattern) => expressionOf(pattern).test(name))
      .map((pattern) => ['patternProperties', pattern]),
  ];
  if (paths.length > 0 || additionalProperties === undefined) return paths;
  return [['additionalProperties']];
}
