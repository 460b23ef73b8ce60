/** The kinds of values that only a manifest has. */
import { AppError } from './errors.ts';
import type { Field } from './fields.ts';

/** A bound that no honest model exceeds; it keeps a hostile manifest from asking for absurd work. */
const MAX_IDS = 1 << 16;

export function refuseManifest(path: string, problem: string): AppError {
  const field = path || 'manifest';
  return new AppError(
    'manifest-invalid',
    `The model's manifest.json is not usable: ${field} ${problem}. Build the model again, or use another model.`,
    { field },
  );
}

export function numbers(field: Field, max: number, min = 0): number[] {
  return field.list(max, min).map((item) => item.real(-1e30, 1e30));
}

export function ids(field: Field, min: number, limit: number): number[] {
  return field.list(MAX_IDS, min).map((item) => item.whole(0, limit - 1));
}

export function triple(field: Field, min: number, max: number): [number, number, number] {
  const [r, g, b] = field.list(3, 3).map((item) => item.real(min, max));
  return [r as number, g as number, b as number];
}

/** The name of a variant or an adapter. */
export function identifier(field: Field): string {
  const id = field.text(1);
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) field.fail('must be lower-case letters, digits and dashes');
  return id;
}

/**
 * A relative path inside the model folder, in plain characters only: letters, digits, `.`, `_`, `-` and single `/`.
 * That excludes `..`, `.`, `%2e`, backslashes, schemes, `//host`, NUL, queries and fragments at one stroke.
 */
export function path(field: Field): string {
  const name = field.text(1);
  const plain = name.split('/').every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment));
  if (!plain || name.length > 512) field.fail('must be a plain relative path inside the model folder');
  return name;
}

/** A path that `listed`, bytes by path, has. */
export function listedPath(field: Field, listed: ReadonlyMap<string, number>): string {
  const name = path(field);
  if (!listed.has(name)) field.fail('is not in the list of files');
  return name;
}
