/** A part of what may be written and another part of the same `oneOf` → whether no value can fit both. */
import type { Place } from './document.ts';
import { bound, type Facts, kindsOf, listedValues, requiredNames, waysToFulfil } from './facts.ts';
import { propertyPaths } from './fits.ts';
import type { Goal, ObjectPart, Part, StringPart } from './part.ts';
import type { Parts } from './parts.ts';
import { refusal } from './refusal.ts';

/** Objects inside objects that are looked into for what tells them apart. */
const MAX_DEPTH = 3;

type OfKind<K extends Part['kind']> = Extract<Part, { kind: K }>;

/** `one` is what is written; `other` everything that would fit the rival, also what is never written. */
class Comparison {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  avoids(part: Part, rival: Goal, depth: number): boolean {
    return waysToFulfil(this.#parts.document, rival).every((facts) => this.#avoidsWay(part, facts, depth));
  }

  #avoidsWay(part: Part, facts: Facts, depth: number): boolean {
    const { checker } = this.#parts;
    if (part.kind === 'values')
      return part.values.every((value) => facts.members.some(({ place }) => checker.check(value, place)));
    const values = listedValues(facts);
    // What is written follows the keywords of the members; that their choices forbid an overlap is what is asked here.
    if (values)
      return values.every((value) => part.facts.members.some(({ place }) => checker.isRefusedBy(value, place)));
    if (!kindsOf(facts).kinds.has(part.kind)) return true;
    switch (part.kind) {
      case 'number':
        return this.#numbersAvoid(part, facts);
      case 'string':
        return this.#stringsAvoid(part, facts);
      case 'array':
        return (
          bound(facts, 'minItems', Math.max, 0) > part.max || bound(facts, 'maxItems', Math.min, Infinity) < part.min
        );
      case 'object':
        return this.#objectsAvoid(part, facts, depth);
      default:
        return false;
    }
  }

  #numbersAvoid({ bounds }: OfKind<'number'>, facts: Facts): boolean {
    const least = bound(facts, 'minimum', Math.max, -Infinity);
    const most = bound(facts, 'maximum', Math.min, Infinity);
    const above = bound(facts, 'exclusiveMinimum', Math.max, -Infinity);
    const below = bound(facts, 'exclusiveMaximum', Math.min, Infinity);
    const { min, max, minExclusive, maxExclusive } = bounds;
    if (least > max || most < min || above >= max || below <= min) return true;
    return (maxExclusive && least >= max) || (minExclusive && most <= min);
  }

  #stringsAvoid(part: StringPart, facts: Facts): boolean {
    const parts = this.#parts;
    const other = parts.stringOf(facts);
    if (other.min > part.max || other.max < part.min) return true;
    const [mine, theirs] = [parts.contents(part), parts.contents(other)];
    if (mine === null || theirs === null) return false;
    return parts.counting(facts, () => parts.languages.isNone(parts.languages.and(mine, theirs)));
  }

  #objectsAvoid(part: ObjectPart, facts: Facts, depth: number): boolean {
    const asked = requiredNames(facts);
    const isOpen = part.entries.length > 0;
    for (const name of asked) if (!isOpen && !part.listed.some((property) => property.name === name)) return true;
    return part.listed.some(({ name, value, required }) => {
      if (!required) return false;
      const theirs = facts.members.flatMap(({ schema, place }) =>
        propertyPaths(schema, name).map((path) => this.#parts.document.below(place, ...path)),
      );
      if (theirs.some(({ schema }) => schema === false)) return true;
      if (theirs.length === 0 || depth >= MAX_DEPTH) return false;
      return this.#parts.of(value).every((one) => this.avoids(one, theirs, depth + 1));
    });
  }
}

/** Throws `request-invalid` when a value of `part` could fit another part of a `oneOf` too. */
export function checkRivals(part: Part, parts: Parts): void {
  if (part.kind === 'values') return; // those that fit a rival have been left out
  const comparison = new Comparison(parts);
  for (const { part: rival, asker } of part.facts.rivals) {
    if (comparison.avoids(part, [rival], 0)) continue;
    const reason = `a value could fit more than one of its parts (${describe(rival)} among them). Use anyOf, or give each part a required property with a const of its own.`;
    throw refusal('oneOf', asker.pointer, reason);
  }
}

function describe({ pointer }: Place): string {
  return `#${pointer}`;
}
