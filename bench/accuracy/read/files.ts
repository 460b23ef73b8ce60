/** Data files of a benchmark, as they are published → records; what is missing or malformed is named with its line. */
import { access, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { AppError } from '../../../contract/errors.ts';
import { lineOfFault, lineOfValue } from './json-place.ts';
import { dataError, Row } from './row.ts';

/** The folder of one benchmark; file names are relative to it and appear so in messages. */
export class DataFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  resolve(name: string): string {
    return isAbsolute(name) ? name : join(this.path, name);
  }

  async has(name: string): Promise<boolean> {
    try {
      await access(this.resolve(name));
      return true;
    } catch {
      // Not there or not readable: the caller names what it wanted.
      return false;
    }
  }

  /** The first of `names` that exists. Throws and lists them all where none does. */
  async find(...names: string[]): Promise<string> {
    for (const name of names) if (await this.has(name)) return name;
    const wanted = names.length === 1 ? (names[0] ?? '') : `one of ${names.join(', ')}`;
    throw new AppError(
      'request-invalid',
      `${this.path} lacks ${wanted}. See bench/README.md for where it comes from.`,
      {
        folder: this.path,
      },
    );
  }

  async text(name: string): Promise<string> {
    const found = await this.find(name);
    try {
      return (await readFile(this.resolve(found), 'utf8')).replace(/^\uFEFF/, '');
    } catch (cause) {
      throw dataError(name, null, 'cannot be read', cause);
    }
  }

  /** A file with one JSON object a line; blank lines are passed over. Throws when it holds none. */
  async lines(name: string): Promise<Row[]> {
    const rows = (await this.text(name)).split(/\r?\n/).flatMap((line, i) => {
      if (line.trim() === '') return [];
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (cause) {
        throw dataError(name, i + 1, 'is not JSON', cause);
      }
      return [new Row(value, name, () => i + 1)];
    });
    if (rows.length === 0) throw dataError(name, null, 'holds no question');
    return rows;
  }

  /** A file that is one JSON value. */
  async json(name: string): Promise<JsonFile> {
    const text = await this.text(name);
    try {
      return new JsonFile(JSON.parse(text), name, text);
    } catch (cause) {
      throw dataError(name, lineOfFault(text), 'is not JSON', cause);
    }
  }
}

/** A parsed JSON file that can say on which line a value stands. */
export class JsonFile {
  readonly #value: unknown;
  readonly #name: string;
  readonly #text: string;

  constructor(value: unknown, name: string, text: string) {
    this.#value = value;
    this.#name = name;
    this.#text = text;
  }

  #row(value: unknown, path: (string | number)[]): Row {
    return new Row(value, this.#name, () => lineOfValue(this.#text, path));
  }

  /** The whole file as one object. */
  object(): Row {
    return this.#row(this.#value, []);
  }

  /** The objects of a list: the whole file, or the list under `key`. */
  rows(key?: string): Row[] {
    const list = key === undefined ? this.#value : this.object().list(key);
    if (!Array.isArray(list)) throw dataError(this.#name, 1, 'has to be a list');
    if (list.length === 0) throw dataError(this.#name, null, 'holds no question');
    return list.map((value, i) => this.#row(value, key === undefined ? [i] : [key, i]));
  }

  /** The objects of a file that maps ids to objects, in the order of the file. */
  entries(): [string, Row][] {
    this.object();
    const entries = Object.entries(this.#value as Record<string, unknown>);
    if (entries.length === 0) throw dataError(this.#name, null, 'holds no question');
    return entries.map(([id, value]) => [id, this.#row(value, [id])]);
  }
}
