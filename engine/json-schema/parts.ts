/** Schemas that all have to hold → the kinds of value that are written for them, with everything about each in one place. */
import { type Range, SINGLE_UNITS } from './character-set.ts';
import { type Bounds, decimalRange } from './decimal-range.ts';
import type { Place, SchemaDocument } from './document.ts';
import { bound, type Facts, kindsToWrite, listedValues, sayer, waysToFulfil } from './facts.ts';
import { Checker, itemPath } from './fits.ts';
import { objectPart } from './object-part.ts';
import { formatPattern, KNOWN_FORMATS } from './formats.ts';
import type { Json } from './keywords.ts';
import { type Language, Languages, TooManyStates } from './language.ts';
import type { ArrayPart, Goal, Part, PartReader, StringPart } from './part.ts';
import { patternLanguage } from './pattern.ts';
import { refusal } from './refusal.ts';
import { UnreadablePattern } from './regex-syntax.ts';

export class Parts implements PartReader {
  readonly document: SchemaDocument;
  readonly checker: Checker;
  readonly languages = new Languages();
  /** Why something turned out to be impossible, the first reason; for when everything is. */
  impossible: Error | null = null;
  readonly #parts = new Map<string, readonly Part[]>();
  readonly #patterns = new Map<string, Language>();

  constructor(document: SchemaDocument) {
    this.document = document;
    this.checker = new Checker(document);
  }

  /** Everything that may be written for a goal; empty when nothing fits. Throws `request-invalid`. */
  of(goal: Goal): readonly Part[] {
    const key = keyOf(goal);
    let parts = this.#parts.get(key);
    if (!parts) {
      parts = waysToFulfil(this.document, goal).flatMap((facts) => this.#partsOf(facts));
      this.#parts.set(key, parts);
    }
    return parts;
  }

  /** Keeps the reason why a value with this keyword cannot be. */
  note(keyword: string, place: Place, reason: string): void {
    this.impossible ??= refusal(keyword, place.pointer, reason);
  }

  #partsOf(facts: Facts): Part[] {
    const values = listedValues(facts);
    if (values) return this.#valuesPart(facts, values);
    const { kinds, integer } = kindsToWrite(facts);
    if (kinds.size === 0) this.note('type', facts.members[0]!.place, 'no type is left when all is put together.');
    return [...kinds].flatMap((kind): Part[] => {
      switch (kind) {
        case 'number':
          return this.#numberPart(facts, integer);
        case 'string':
          return [{ ...this.stringOf(facts), facts }];
        case 'array':
          return [{ ...this.#arrayPart(facts), facts }];
        case 'object':
          return objectPart(this, facts);
        default:
          return [{ kind, facts }];
      }
    });
  }

  #valuesPart(facts: Facts, values: readonly Json[]): Part[] {
    const fitting = values.filter(
      (value) =>
        facts.members.every(({ place }) => !this.checker.check(value, place)) &&
        facts.rivals.every(({ part }) => this.checker.check(value, part)),
    );
    if (fitting.length === 0)
      this.note('enum', facts.members[0]!.place, 'none of the listed values fits what else is said.');
    return fitting.length > 0 ? [{ kind: 'values', values: fitting, facts }] : [];
  }

  #numberPart(facts: Facts, integer: boolean): Part[] {
    const inclusive = [
      bound(facts, 'minimum', Math.max, -Infinity),
      bound(facts, 'maximum', Math.min, Infinity),
    ] as const;
    const exclusive = [
      bound(facts, 'exclusiveMinimum', Math.max, -Infinity),
      bound(facts, 'exclusiveMaximum', Math.min, Infinity),
    ] as const;
    const bounds: Bounds = {
      integer,
      min: Math.max(inclusive[0], exclusive[0]),
      max: Math.min(inclusive[1], exclusive[1]),
      minExclusive: exclusive[0] > -Infinity && exclusive[0] >= inclusive[0],
      maxExclusive: exclusive[1] < Infinity && exclusive[1] <= inclusive[1],
    };
    if (decimalRange(bounds)) return [{ kind: 'number', bounds, facts }];
    const { keyword, place } = sayer(facts, ['minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum']);
    this.note(keyword, place, 'no number of at most 15 digits lies within the bounds.');
    return [];
  }

  /** What a way says about strings. Throws `request-invalid`. */
  stringOf(facts: Facts): StringPart {
    const languages = facts.members.flatMap(({ schema, place }) => {
      const { pattern, contentEncoding } = schema;
      const texts: Language[] = [];
      if (typeof pattern === 'string') texts.push(this.pattern('pattern', pattern, place));
      for (const format of [schema['format'], contentEncoding]) {
        if (typeof format !== 'string') continue;
        const meant = formatPattern(format, schema);
        if (meant === undefined)
          throw refusal('format', place.pointer, `“${format}” is not one of ${KNOWN_FORMATS.join(', ')}.`);
        if (meant !== null) texts.push(this.pattern('format', meant, place));
      }
      return texts;
    });
    return {
      kind: 'string',
      language: languages.length > 0 ? this.languages.and(...languages) : null,
      min: bound(facts, 'minLength', Math.max, 0),
      max: bound(facts, 'maxLength', Math.min, Infinity),
    };
  }

  /** The contents of a string, lengths included; null for any. Throws `request-invalid`. */
  contents({ language, min, max }: StringPart): Language | null {
    if (language === null && min === 0 && max === Infinity) return null;
    const { languages } = this;
    if (min === 0 && max === Infinity) return language;
    // Characters of two units only where the pattern names them.
    const unit = languages.chars(language === null ? SINGLE_UNITS : ANY_UNIT);
    const sized = languages.repeat(unit, min, max);
    return language === null ? sized : languages.and(language, sized);
  }

  /** The strings in which a pattern is found. Throws `request-invalid`. */
  pattern(keyword: string, pattern: string, place: Place): Language {
    let language = this.#patterns.get(pattern);
    if (language === undefined) {
      try {
        language = patternLanguage(pattern, this.languages);
      } catch (thrown) {
        if (thrown instanceof UnreadablePattern) throw refusal(keyword, place.pointer, `it has ${thrown.message}.`);
        throw thrown;
      }
      this.#patterns.set(pattern, language);
    }
    return language;
  }

  #arrayPart(facts: Facts): ArrayPart {
    const { members } = facts;
    const count = Math.max(
      0,
      ...members.map(({ schema: { prefixItems, items } }) => {
        const list = prefixItems ?? items;
        return Array.isArray(list) ? list.length : 0;
      }),
    );
    const goalAt = (index: number): Place[] =>
      members.flatMap(({ schema, place }) => {
        const path = itemPath(schema, index);
        return path ? [this.document.below(place, ...path)] : [];
      });
    const rest = goalAt(count);
    const max = bound(facts, 'maxItems', Math.min, Infinity);
    const saidMin = bound(facts, 'minItems', Math.max, -1);
    const isOpen = (rest.length > 0 || count === 0 || saidMin > count) && !rest.some(({ schema }) => schema === false);
    return {
      kind: 'array',
      first: Array.from({ length: count }, (_, index) => goalAt(index)),
      rest: isOpen ? rest : null,
      min: saidMin >= 0 ? saidMin : Math.min(count, max),
      max,
    };
  }

  /** Runs `task`; a language with too many states becomes a refusal of the keyword that asks for it. */
  counting<T>(facts: Facts, task: () => T): T {
    try {
      return task();
    } catch (thrown) {
      if (!(thrown instanceof TooManyStates)) throw thrown;
      const { keyword, place } = sayer(facts, [
        'pattern',
        'format',
        'maxLength',
        'minLength',
        'patternProperties',
        'propertyNames',
      ]);
      throw refusal(
        keyword,
        place.pointer,
        'together with what else is said it needs too many states. Make it simpler or shorter.',
      );
    }
  }
}

const ANY_UNIT: readonly Range[] = [...SINGLE_UNITS, [0x10000, 0x10ffff]];

/** Equal for equal goals. */
export function keyOf(goal: Goal): string {
  return [...new Set(goal.map(({ pointer }) => `#${pointer}`))].sort().join('\n');
}
