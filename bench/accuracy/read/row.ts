/** One record of a data file → its fields, checked as they are read; a wrong one is named with file and line. */
import { AppError } from '../../../contract/errors.ts';

/** A fault in a data file. */
export function dataError(file: string, line: number | null, detail: string, cause?: unknown): AppError {
  const place = line === null ? file : `${file} line ${line}`;
  return new AppError('request-invalid', `${place}: ${detail}.`, { file, line }, cause);
}

export class Row {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly file: string;
  /** Found only when it is wanted: in large files that takes a while. */
  readonly line: () => number;

  constructor(value: unknown, file: string, line: () => number) {
    this.file = file;
    this.line = line;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.error('is not an object');
    this.#fields = value as Record<string, unknown>;
  }

  error(detail: string): AppError {
    return dataError(this.file, this.line(), detail);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name) && this.#fields[name] !== null;
  }

  /** All field names, in order. */
  names(): string[] {
    return Object.keys(this.#fields);
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }

  /** A text; it may be empty unless `least` is 1. */
  text(name: string, least = 0): string {
    const value = this.#get(name);
    if (typeof value !== 'string') throw this.error(`"${name}" has to be a text`);
    if (value.length < least) throw this.error(`"${name}" is empty`);
    return value;
  }

  /** A text or whole number, as text: benchmarks write ids either way. */
  id(name: string): string {
    const value = this.#get(name);
    if (typeof value === 'string' && value !== '') return value;
    if (Number.isSafeInteger(value)) return String(value);
    throw this.error(`"${name}" has to be a text or a whole number`);
  }

  integer(name: string): number {
    const value = this.#get(name);
    if (!Number.isSafeInteger(value)) throw this.error(`"${name}" has to be a whole number`);
    return value as number;
  }

  /** One of the given texts. */
  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.#get(name);
    if ((allowed as readonly unknown[]).includes(value)) return value as T;
    throw this.error(`"${name}" has to be one of ${allowed.join(', ')}`);
  }

  list(name: string): unknown[] {
    const value = this.#get(name);
    if (!Array.isArray(value)) throw this.error(`"${name}" has to be a list`);
    return value as unknown[];
  }

  texts(name: string): string[] {
    const values = this.list(name);
    if (values.some((value) => typeof value !== 'string')) throw this.error(`"${name}" has to be a list of texts`);
    return values as string[];
  }

  rows(name: string): Row[] {
    return this.list(name).map((value) => new Row(value, this.file, this.line));
  }

  row(name: string): Row {
    return new Row(this.#get(name), this.file, this.line);
  }
}
