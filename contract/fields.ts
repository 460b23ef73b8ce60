/** Data that anybody may have written → the values one expects; what is wrong is named by its path (`files[2].bytes`). */

export type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` as an object that is no array; one without fields where it is none. For data that is read as far as it goes. */
export function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

/** Makes the error to throw of a path, empty for the whole, and of what is wrong there: `must be an object`. */
export type Refuse = (path: string, problem: string) => Error;

/** No text that one has to read is longer, unless a bound is given. */
const MAX_TEXT = 100_000;

type Readers = Readonly<Record<string, (field: Field) => unknown>>;
/** What `R` reads, and what `O` reads where it is there. */
type Read<R extends Readers, O extends Readers> = { [K in keyof R]: ReturnType<R[K]> } & {
  [K in keyof O]?: ReturnType<O[K]>;
};

/** One place in the data. All readers throw what `refuse` makes; those that return lists read no further than bounds allow. */
export class Field {
  readonly value: unknown;
  readonly path: string;
  readonly #refuse: Refuse;

  constructor(value: unknown, path: string, refuse: Refuse) {
    this.value = value;
    this.path = path;
    this.#refuse = refuse;
  }

  fail(problem: string): never {
    throw this.#refuse(this.path, problem);
  }

  #child(value: unknown, name: string): Field {
    return new Field(value, this.path ? `${this.path}.${name}` : name, this.#refuse);
  }

  /** Whether there is nothing at this place. */
  get absent(): boolean {
    return this.value === undefined;
  }

  record(): Fields {
    const { value } = this;
    if (!isRecord(value)) this.fail('must be an object');
    return value;
  }

  /** A field of its own; what Object.prototype offers does not count. */
  get(name: string): Field {
    const fields = this.record();
    return this.#child(Object.hasOwn(fields, name) ? fields[name] : undefined, name);
  }

  /** Refuses what has other fields, or lacks one of `names`. */
  only(names: readonly string[], optional: readonly string[] = []): this {
    const known = [...names, ...optional];
    for (const [name, field] of this.entries()) if (!known.includes(name)) field.fail('is not a known field');
    for (const name of names) if (this.get(name).absent) this.get(name).fail('is missing');
    return this;
  }

  /** The fields that `readers` name, each as its reader makes it; those of `optional` where they are there. */
  pick<const R extends Readers, const O extends Readers = {}>(readers: R, optional?: O): Read<R, O> {
    const picked: Record<string, unknown> = {};
    for (const [name, read] of Object.entries({ ...optional, ...readers })) {
      const field = this.get(name);
      if (Object.hasOwn(readers, name) || !field.absent) picked[name] = read(field);
    }
    return picked as Read<R, O>;
  }

  /** The same, and nothing may stand beside them: an unknown field is an error, so that a typo cannot pass as a default. */
  exactly<const R extends Readers, const O extends Readers = {}>(readers: R, optional?: O): Read<R, O> {
    return this.only(Object.keys(readers), Object.keys(optional ?? {})).pick(readers, optional);
  }

  /** Every field with its name. */
  entries(): [name: string, field: Field][] {
    return Object.entries(this.record()).map(([name, value]) => [name, this.#child(value, name)]);
  }

  #within(amount: number, min: number, max: number, what = ''): void {
    const bounds = max < Number.MAX_SAFE_INTEGER ? `${min} to ${max}` : `${min} on`;
    if (amount < min || amount > max) this.fail(`is ${amount}${what}, but must be from ${bounds}`);
  }

  list(max: number, min = 0): Field[] {
    const { value, path } = this;
    if (!Array.isArray(value)) this.fail('must be an array');
    this.#within(value.length, min, max, ' entries');
    return value.map((item, i) => new Field(item, `${path}[${i}]`, this.#refuse));
  }

  text(min = 0, max = MAX_TEXT): string {
    const { value } = this;
    if (typeof value !== 'string') this.fail('must be a text');
    this.#within(value.length, min, max, ' characters');
    return value;
  }

  /** A finite number within bounds. */
  real(min: number, max: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isFinite(value)) this.fail('must be a number');
    this.#within(value, min, max);
    return value;
  }

  whole(min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    if (!Number.isSafeInteger(this.value)) this.fail('must be a whole number');
    return this.real(min, max);
  }

  oneOf<const T extends string | number | boolean>(allowed: readonly T[]): T {
    const found = allowed.find((candidate) => candidate === this.value);
    if (found === undefined) {
      const given = JSON.stringify(this.value)?.slice(0, 100);
      this.fail(`is ${given ?? 'missing'}, but must be one of ${allowed.join(', ')}`);
    }
    return found;
  }

  /** What `read` makes of it, or null for null. */
  orNull<T>(read: (field: this) => T): T | null {
    return this.value === null ? null : read(this);
  }
}
