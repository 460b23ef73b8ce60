/** Reads numbers and words out of an unchecked config.json; what is missing or absurd is named. */
import { AppError } from '../../contract/errors.ts';
import { Field, type Fields } from '../../contract/fields.ts';

export type Config = Fields;

function unusable(field: string, problem: string): AppError {
  const message = `The checkpoint's config.json cannot be used: ${field} ${problem}.`;
  return new AppError('model-unsupported', message, { field });
}

/** `fallback` stands in for a field that is absent or null. */
function at(config: Config, name: string, fallback?: unknown): Field {
  const value = Object.hasOwn(config, name) ? config[name] : undefined;
  return new Field(value ?? fallback, name, unusable);
}

/** A whole number within bounds. */
export function whole(config: Config, name: string, max: number, fallback?: number, min = 1): number {
  return at(config, name, fallback).whole(min, max);
}

/** A finite number within bounds. */
export function real(config: Config, name: string, min: number, max: number, fallback?: number): number {
  return at(config, name, fallback).real(min, max);
}

/** One of the words that `meanings` knows, as what it means. */
export function word<T>(config: Config, name: string, meanings: Readonly<Record<string, T>>, fallback?: string): T {
  return meanings[at(config, name, fallback).oneOf(Object.keys(meanings))] as T;
}

/** A text, or `fallback`. */
export function optionalText(config: Config, name: string, fallback: string): string {
  return at(config, name, fallback).text(0, 10_000);
}

/** A nested object; undefined when absent. */
export function optionalSection(config: Config, name: string): Config | undefined {
  const field = at(config, name);
  return field.value === null || field.absent ? undefined : field.record();
}

/** A nested object that must be there. */
export function section(config: Config, name: string): Config {
  const value = optionalSection(config, name);
  if (!value) throw unusable(name, 'is missing');
  return value;
}

/** Throws when a switch that would change the computation is on. */
export function mustBeOff(config: Config, name: string): void {
  if (at(config, name, false).value !== false) throw unusable(name, 'is set, which cannot be built');
}

/** Names the field in an error of the caller's own. */
export { unusable };
