/** Schemas that all have to hold → the ways to fulfil them, each a list of plain schemas without choices. */
import type { Place, SchemaDocument } from './document.ts';
import { isRecord, type Json, KINDS, type Kind, type SchemaObject } from './keywords.ts';
import { refusal } from './refusal.ts';

/** A schema in which every keyword holds, references and choices followed. */
export interface Member {
  readonly place: Place;
  readonly schema: SchemaObject;
  /** The schemas through which it came in. */
  readonly within: readonly Place[];
}

/** One way to fulfil a list of schemas. */
export interface Facts {
  readonly members: readonly Member[];
  /** What must not fit beside it: the other parts of each `oneOf`, and who says so. */
  readonly rivals: readonly { readonly part: Place; readonly asker: Place }[];
}

const CHOICES = ['anyOf', 'oneOf'] as const;
/** Ways to fulfil one list of schemas. */
const MAX_WAYS = 256;

interface Pending {
  place: Place;
  within: readonly Place[];
}

interface State extends Facts {
  /** Choices that are still to be made. */
  readonly choices: readonly { asker: Pending; keyword: (typeof CHOICES)[number] }[];
}

/** Follows `$ref` and `allOf` from `pending` on; null when one of the schemas is `false`. */
function follow(document: SchemaDocument, pending: Pending[], state: State): State | null {
  const members = [...state.members];
  const choices = [...state.choices];
  const queue = [...pending];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { place, within } = next;
    const { schema } = place;
    if (schema === false) return null;
    if (within.includes(place))
      throw refusal('$ref', within.at(-1)!.pointer, 'it refers to itself without anything between.');
    if (schema === true || members.some((member) => member.place === place)) continue;
    members.push({ place, schema, within });
    const inside = [...within, place];
    if (schema['$ref'] !== undefined) queue.push({ place: document.target(place), within: inside });
    if (Array.isArray(schema['allOf']))
      for (const index of schema['allOf'].keys())
        queue.push({ place: document.below(place, 'allOf', index), within: inside });
    for (const keyword of CHOICES)
      if (schema[keyword] !== undefined) choices.push({ asker: { place, within: inside }, keyword });
  }
  return { members, choices, rivals: state.rivals };
}

/** Empty when nothing can fulfil them all. Throws `request-invalid` for circles and for too many ways. */
export function waysToFulfil(document: SchemaDocument, places: readonly Place[]): Facts[] {
  const ways: Facts[] = [];
  const first = places.map((place): Pending => ({ place, within: [] }));
  const open = [follow(document, first, { members: [], choices: [], rivals: [] })];
  for (let state = open.shift(); state !== undefined; state = open.shift()) {
    if (state === null) continue;
    const [choice, ...choices] = state.choices;
    if (!choice) {
      ways.push(state);
      continue;
    }
    const { asker, keyword } = choice;
    const options = ((asker.place.schema as SchemaObject)[keyword] as Json[]).map((_, index) =>
      document.below(asker.place, keyword, index),
    );
    if (open.length + ways.length + options.length > MAX_WAYS)
      throw refusal(keyword, asker.place.pointer, `together with others it makes more than ${MAX_WAYS} combinations.`);
    for (const place of options) {
      const others = keyword === 'oneOf' ? options.filter((other) => other !== place) : [];
      const rivals = [...state.rivals, ...others.map((part) => ({ part, asker: asker.place }))];
      open.push(follow(document, [{ place, within: asker.within }], { ...state, choices, rivals }));
    }
  }
  ways.forEach(checkUnevaluated);
  return ways;
}

const ABOUT_PROPERTIES = ['properties', 'patternProperties', 'additionalProperties', 'required'];

/** Properties that come from outside a schema are unknown to its `unevaluatedProperties`. */
function checkUnevaluated({ members }: Facts): void {
  for (const { place, schema } of members) {
    if (schema['unevaluatedProperties'] !== false) continue;
    const outside = members.some(
      (member) =>
        member.place !== place &&
        !member.within.includes(place) &&
        ABOUT_PROPERTIES.some((keyword) => member.schema[keyword] !== undefined),
    );
    if (outside) throw refusal('unevaluatedProperties', place.pointer, 'other schemas beside it name properties.');
  }
}

/** Keywords that are about one kind of value only. */
const ABOUT: Record<Exclude<Kind, 'null' | 'boolean'>, readonly string[]> = {
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  string: ['minLength', 'maxLength', 'pattern', 'format', 'contentEncoding'],
  array: ['items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems'],
  object: [...ABOUT_PROPERTIES, 'propertyNames', 'minProperties', 'maxProperties', 'unevaluatedProperties'],
};

/** The kinds that a way allows, and whether numbers have to be whole. */
export function kindsOf({ members }: Facts): { kinds: Set<Kind>; integer: boolean } {
  let kinds = new Set<Kind>(KINDS);
  let integer = false;
  for (const { schema, place } of members) {
    const { type, nullable } = schema;
    if (nullable === true && type === undefined)
      throw refusal('nullable', place.pointer, 'it needs a type beside it; or write anyOf with the type null.');
    if (type === undefined) continue;
    const named = [type, nullable === true ? 'null' : []].flat();
    if (named.includes('integer') && !named.includes('number')) integer = true;
    const allowed = new Set(named.map((name) => (name === 'integer' ? 'number' : name)));
    kinds = new Set([...kinds].filter((kind) => allowed.has(kind)));
  }
  return { kinds, integer };
}

/** The kinds that are written: where no type is named, those that the keywords are about. */
export function kindsToWrite(facts: Facts): { kinds: Set<Kind>; integer: boolean } {
  const { kinds, integer } = kindsOf(facts);
  if (facts.members.some(({ schema }) => schema['type'] !== undefined)) return { kinds, integer };
  const meant = Object.entries(ABOUT).flatMap(([kind, keywords]) =>
    facts.members.some(({ schema }) => keywords.some((keyword) => schema[keyword] !== undefined)) ? [kind as Kind] : [],
  );
  return { kinds: meant.length > 0 ? new Set(meant) : kinds, integer };
}

/** The values that a way lists; undefined when it lists none. */
export function listedValues({ members }: Facts): Json[] | undefined {
  for (const { schema } of members) {
    if (Object.hasOwn(schema, 'const')) return [schema['const']!];
    if (Array.isArray(schema['enum'])) return schema['enum'];
  }
  return undefined;
}

/** The largest (or smallest) value of a keyword among the members. */
export function bound(
  { members }: Facts,
  keyword: string,
  choose: (...values: number[]) => number,
  none: number,
): number {
  return members.reduce((chosen, { schema }) => {
    const value = schema[keyword];
    return typeof value === 'number' ? choose(chosen, value) : chosen;
  }, none);
}

/** All names under `properties` (or another keyword with schemas by name), in order. */
export function namesUnder({ members }: Facts, keyword: string): string[] {
  return [...new Set(members.flatMap(({ schema }) => (isRecord(schema[keyword]) ? Object.keys(schema[keyword]) : [])))];
}

export function requiredNames({ members }: Facts): Set<string> {
  return new Set(
    members.flatMap(({ schema }) => (Array.isArray(schema['required']) ? (schema['required'] as string[]) : [])),
  );
}

/** The first member with one of the keywords, and which. */
export function sayer({ members }: Facts, keywords: readonly string[]): { keyword: string; place: Place } {
  for (const keyword of keywords)
    for (const { schema, place } of members) if (schema[keyword] !== undefined) return { keyword, place };
  return { keyword: keywords[0]!, place: members[0]!.place };
}
