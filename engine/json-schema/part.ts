/** The kinds of value that are written for schemas, as data. */
import type { Bounds } from './decimal-range.ts';
import type { Place, SchemaDocument } from './document.ts';
import type { Facts } from './facts.ts';
import type { Checker } from './fits.ts';
import type { Json } from './keywords.ts';
import type { Language, Languages } from './language.ts';

/** The schemas that one value has to fit. */
export type Goal = readonly Place[];

export interface StringPart {
  kind: 'string';
  /** What it says beside lengths; null for nothing. */
  language: Language | null;
  min: number;
  max: number;
}

export interface ArrayPart {
  kind: 'array';
  /** The first items, one by one. */
  first: readonly Goal[];
  /** All others; null when there are none. */
  rest: Goal | null;
  min: number;
  max: number;
}

/** Names that are made up, and what stands behind them. */
export interface Entry {
  /** Null for any name. */
  names: Language | null;
  value: Goal;
}

export interface ObjectPart {
  kind: 'object';
  /** The properties with given names, in the order in which they are written. */
  listed: readonly { name: string; value: Goal; required: boolean }[];
  entries: readonly Entry[];
  min: number;
  max: number;
}

export type Part = (
  | { kind: 'values'; values: readonly Json[] }
  | { kind: 'null' | 'boolean' }
  | { kind: 'number'; bounds: Bounds }
  | StringPart
  | ArrayPart
  | ObjectPart
) & { facts: Facts };

/** What readers of one kind need of the reader of all kinds. */
export interface PartReader {
  readonly document: SchemaDocument;
  readonly checker: Checker;
  readonly languages: Languages;
  of(goal: Goal): readonly Part[];
  note(keyword: string, place: Place, reason: string): void;
  contents(part: StringPart): Language | null;
  pattern(keyword: string, pattern: string, place: Place): Language;
}
