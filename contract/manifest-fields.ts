/** The checks that manifest fields are made of; each returns the value it was given, or names the field. */
import { AppError } from './errors.ts';

/** Bounds that no honest model exceeds; they keep a hostile manifest from asking for absurd work. */
const MAX_TEXT = 100_000;
const MAX_IDS = 1 << 16;

export function fail(field: string, problem: string): never {
  throw new AppError(
    'manifest-invalid',
    `The model's manifest.json is not usable: ${field} ${problem}. Build the model again, or use another model.`,
    { field },
  );
}

export type Fields = Readonly<Record<string, unknown>>;

/** A field of its own; what Object.prototype offers does not count. */
export function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** An object with exactly these keys: an unknown key is an error too, so that a typo cannot pass as a default. */
export function object(
  value: unknown,
  field: string,
  keys: readonly string[],
  optional: readonly string[] = [],
): Fields {
  const fields = record(value, field);
  for (const key of Object.keys(fields))
    if (!keys.includes(key) && !optional.includes(key)) fail(join(field, key), 'is not a known field');
  for (const key of keys) if (!Object.hasOwn(fields, key)) fail(join(field, key), 'is missing');
  return fields;
}

export function record(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(field, 'must be an object');
  return value as Fields;
}

export function join(field: string, key: string): string {
  return field === 'manifest' ? key : `${field}.${key}`;
}

export function array(value: unknown, field: string, max: number, min = 0): readonly unknown[] {
  if (!Array.isArray(value)) fail(field, 'must be an array');
  if (value.length < min || value.length > max) fail(field, `must have ${min} to ${max} entries`);
  return value;
}

export function text(value: unknown, field: string, min = 0): string {
  if (typeof value !== 'string') fail(field, 'must be a string');
  if (value.length < min || value.length > MAX_TEXT) fail(field, `must have ${min} to ${MAX_TEXT} characters`);
  return value;
}

export function integer(value: unknown, field: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) fail(field, 'must be a whole number');
  if (value < min || value > max) fail(field, `must be between ${min} and ${max}`);
  return value;
}

export function finite(value: unknown, field: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) fail(field, 'must be a finite number');
  if (value < min || value > max) fail(field, `must be between ${min} and ${max}`);
  return value;
}

export function oneOf<T extends string | boolean>(value: unknown, field: string, allowed: readonly T[]): T {
  if (!(allowed as readonly unknown[]).includes(value)) fail(field, `must be one of ${allowed.join(', ')}`);
  return value as T;
}

export function numbers(value: unknown, field: string, max: number, min = 0): number[] {
  return array(value, field, max, min).map((item, i) => finite(item, `${field}[${i}]`, -1e30, 1e30));
}

export function ids(value: unknown, field: string, min: number, limit: number): number[] {
  return array(value, field, MAX_IDS, min).map((item, i) => integer(item, `${field}[${i}]`, 0, limit - 1));
}

export function triple(value: unknown, field: string, min: number, max: number): [number, number, number] {
  const [r, g, b] = array(value, field, 3, 3).map((item, i) => finite(item, `${field}[${i}]`, min, max));
  return [r as number, g as number, b as number];
}

/**
 * A relative path inside the model folder, in plain characters only: letters, digits, `.`, `_`, `-` and single `/`.
 * That excludes `..`, `.`, `%2e`, backslashes, schemes, `//host`, NUL, queries and fragments at one stroke.
 */
export function path(value: unknown, field: string): string {
  const name = text(value, field, 1);
  const segments = name.split('/');
  const plain = segments.every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment));
  if (!plain || name.length > 512) fail(field, 'must be a plain relative path inside the model folder');
  return name;
}
