/** What schemas say about an object → its properties with given names, and those whose names are made up. */
import { bound, type Facts, namesUnder, requiredNames, sayer } from './facts.ts';
import { propertyPaths } from './fits.ts';
import type { Language } from './language.ts';
import type { Entry, Goal, ObjectPart, Part, PartReader } from './part.ts';
import { refusal } from './refusal.ts';

/** More patterns of names would make too many combinations. */
const MAX_NAME_PATTERNS = 4;

class ObjectReader {
  readonly #parts: PartReader;

  constructor(parts: PartReader) {
    this.#parts = parts;
  }

  of(facts: Facts): Part[] {
    const required = requiredNames(facts);
    const patterns = namesUnder(facts, 'patternProperties');
    const properties = namesUnder(facts, 'properties');
    const nameGoal = facts.members
      .filter(({ schema }) => schema['propertyNames'] !== undefined)
      .map(({ place }) => this.#parts.document.below(place, 'propertyNames'));
    const nameParts = nameGoal.length > 0 ? this.#parts.of(nameGoal) : [];
    const onlyListed = nameParts.length > 0 && nameParts.every((part) => part.kind === 'values');
    const suggested = onlyListed
      ? nameParts
          .flatMap((part) => (part.kind === 'values' ? part.values : []))
          .filter((name) => typeof name === 'string')
      : [];
    const names = [...new Set([...properties, ...required, ...suggested])];
    const listed: ObjectPart['listed'][number][] = [];
    for (const name of names) {
      const value = this.#valueGoal(facts, name, nameGoal);
      if (value) listed.push({ name, value, required: required.has(name) });
      else if (required.has(name)) {
        const { keyword, place } = sayer(facts, ['required']);
        this.#parts.note(keyword, place, `no property “${name}” is allowed.`);
        return [];
      }
    }
    const min = bound(facts, 'minProperties', Math.max, 0);
    const max = bound(facts, 'maxProperties', Math.min, Infinity);
    const isOpen =
      facts.members.some(({ schema }) => schema['additionalProperties'] !== undefined) ||
      (names.length === 0 && patterns.length === 0) ||
      min > listed.length;
    const entries = onlyListed ? [] : this.#entries(facts, patterns, { names, isOpen, nameGoal, nameParts });
    return [{ kind: 'object', listed, entries, min, max, facts }];
  }

  /** What a property has to be; null when it may not be. */
  #valueGoal({ members }: Facts, name: string, nameGoal: Goal): Goal | null {
    if (nameGoal.some((place) => this.#parts.checker.check(name, place))) return null;
    const goal = members.flatMap(({ schema, place }) =>
      propertyPaths(schema, name).map((path) => this.#parts.document.below(place, ...path)),
    );
    return goal.some(({ schema }) => schema === false) ? null : goal;
  }

  /** The properties whose names are not given, one entry for each combination of patterns that a name can match. */
  #entries(
    { members }: Facts,
    patterns: readonly string[],
    {
      names,
      isOpen,
      nameGoal,
      nameParts,
    }: { names: string[]; isOpen: boolean; nameGoal: Goal; nameParts: readonly Part[] },
  ): Entry[] {
    const { languages } = this.#parts;
    const owner = (pattern: string) =>
      members.find(({ schema }) => Object.hasOwn((schema['patternProperties'] ?? {}) as object, pattern))!.place;
    if (patterns.length > MAX_NAME_PATTERNS)
      throw refusal(
        'patternProperties',
        owner(patterns[0]!).pointer,
        `more than ${MAX_NAME_PATTERNS} patterns are not kept apart.`,
      );
    const given = languages.alt(...names.map((name) => languages.text(name)));
    const allowed = nameGoal.length === 0 ? null : this.#nameLanguage(nameParts);
    const isClosed = (goal: Goal) => goal.some(({ schema }) => schema === false);
    const entries: Entry[] = [];
    for (let chosen = 0; chosen < 2 ** patterns.length; chosen++) {
      const isChosen = (pattern: string) => ((chosen >> patterns.indexOf(pattern)) & 1) === 1;
      if (chosen === 0 && !isOpen) continue;
      const value = members.flatMap(({ schema, place }) => {
        const own = Object.keys((schema['patternProperties'] ?? {}) as object).filter(isChosen);
        if (own.length > 0)
          return own.map((pattern) => this.#parts.document.below(place, 'patternProperties', pattern));
        return schema['additionalProperties'] === undefined
          ? []
          : [this.#parts.document.below(place, 'additionalProperties')];
      });
      if (isClosed(value)) continue;
      const matched = patterns.map((pattern) => {
        const language = this.#parts.pattern('patternProperties', pattern, owner(pattern));
        return isChosen(pattern) ? language : languages.not(language);
      });
      const rules = [
        ...matched,
        ...(given === languages.none ? [] : [languages.not(given)]),
        ...(allowed === null ? [] : [allowed]),
      ];
      entries.push({ names: rules.length > 0 ? languages.and(...rules) : null, value });
    }
    return entries;
  }

  #nameLanguage(parts: readonly Part[]): Language | null {
    const { languages } = this.#parts;
    const kept: Language[] = [];
    for (const part of parts) {
      if (part.kind === 'values')
        kept.push(...part.values.flatMap((value) => (typeof value === 'string' ? [languages.text(value)] : [])));
      if (part.kind !== 'string') continue;
      const contents = this.#parts.contents(part);
      if (contents === null) return null;
      kept.push(contents);
    }
    return languages.alt(...kept);
  }
}

/** Empty when no object fits. Throws `request-invalid`. */
export function objectPart(parts: PartReader, facts: Facts): Part[] {
  return new ObjectReader(parts).of(facts);
}
