/** Reads numbers and words out of an unchecked config.json; what is missing or absurd is named. */
import { AppError } from '../../contract/errors.ts';

export type Config = Readonly<Record<string, unknown>>;

function unusable(field: string, problem: string): AppError {
  const message = `The checkpoint's config.json cannot be used: ${field} ${problem}.`;
  return new AppError('model-unsupported', message, { field });
}

function own(config: Config, name: string): unknown {
  return Object.hasOwn(config, name) ? config[name] : undefined;
}

/** A whole number within bounds; `fallback` stands in for a field that is absent or null. */
export function whole(config: Config, name: string, max: number, fallback?: number, min = 1): number {
  const value = own(config, name) ?? fallback;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw unusable(name, 'must be a whole number');
  if (value < min || value > max) throw unusable(name, `is ${value}; ${min} to ${max} can be built`);
  return value;
}

/** A finite number within bounds. */
export function real(config: Config, name: string, min: number, max: number, fallback?: number): number {
  const value = own(config, name) ?? fallback;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw unusable(name, 'must be a number');
  if (value < min || value > max) throw unusable(name, `is ${value}; ${min} to ${max} can be built`);
  return value;
}

/** One of the words that `meanings` knows, as what it means. */
export function word<T>(config: Config, name: string, meanings: Readonly<Record<string, T>>, fallback?: string): T {
  const value = own(config, name) ?? fallback;
  if (typeof value !== 'string' || !Object.hasOwn(meanings, value))
    throw unusable(
      name,
      `is ${JSON.stringify(value)?.slice(0, 100) ?? 'missing'}; known are ${Object.keys(meanings).join(', ')}`,
    );
  return meanings[value] as T;
}

/** A text, or `fallback`. */
export function optionalText(config: Config, name: string, fallback: string): string {
  const value = own(config, name) ?? fallback;
  if (typeof value !== 'string' || value.length > 10_000) throw unusable(name, 'must be a text');
  return value;
}

/** A nested object; undefined when absent. */
export function optionalSection(config: Config, name: string): Config | undefined {
  const value = own(config, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw unusable(name, 'must be an object');
  return value as Config;
}

/** A nested object that must be there. */
export function section(config: Config, name: string): Config {
  const value = optionalSection(config, name);
  if (!value) throw unusable(name, 'is missing');
  return value;
}

/** Throws when a switch that would change the computation is on. */
export function mustBeOff(config: Config, name: string): void {
  const value = own(config, name);
  if (value !== undefined && value !== null && value !== false) throw unusable(name, 'is set, which cannot be built');
}

/** Names the field in an error of the caller's own. */
export { unusable };
