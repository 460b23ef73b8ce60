/** A checked schema → its parts by JSON pointer, and what `$ref` means. */
import { checkSchema, escapePointer, isRecord, type Json, type SchemaObject } from './keywords.ts';
import { refusal } from './refusal.ts';

/** One schema inside the document; the same place is always the same object. */
export interface Place {
  readonly schema: SchemaObject | boolean;
  /** JSON pointer, empty for the top. */
  readonly pointer: string;
}

export class SchemaDocument {
  readonly root: Place;
  readonly #json: Json;
  readonly #places = new Map<string, Place>();
  readonly #anchors = new Map<string, string>();
  readonly #checked = new Set<string>();

  /** Throws `request-invalid` for keywords that are not kept. */
  constructor(json: Json) {
    checkSchema(json);
    this.#json = json;
    this.#findAnchors(json, '');
    this.root = this.#place('', json);
  }

  /** The schema at `names` below a place, which has to exist. */
  below(place: Place, ...names: (string | number)[]): Place {
    let value: Json = place.schema;
    for (const name of names) value = (value as Record<string, Json>)[name]!;
    return this.#place(place.pointer + names.map((name) => `/${escapePointer(String(name))}`).join(''), value);
  }

  /** What the `$ref` of a place stands for. Throws `request-invalid` when that is nothing here. */
  target(place: Place): Place {
    const reference = (place.schema as SchemaObject)['$ref'] as string;
    const dead = (reason: string) => refusal('$ref', place.pointer, reason);
    const id = isRecord(this.#json) ? this.#json['$id'] : undefined;
    const local = typeof id === 'string' && reference.startsWith(`${id}#`) ? reference.slice(id.length) : reference;
    if (local !== id && !local.startsWith('#'))
      throw dead('it refers to something outside the schema. Put it under $defs.');
    let fragment: string;
    try {
      fragment = local === id ? '' : decodeURIComponent(local.slice(1));
    } catch {
      throw dead(`“${reference}” is not written as an address.`);
    }
    const pointer = fragment === '' || fragment.startsWith('/') ? fragment : this.#anchors.get(fragment);
    const value = pointer === undefined ? undefined : this.#find(pointer);
    if (pointer === undefined || value === undefined) throw dead(`there is nothing at “${reference}”.`);
    if (!this.#places.has(pointer) && !this.#checked.has(pointer)) {
      checkSchema(value, pointer); // it may lie where no schema is looked for, such as in a default
      this.#checked.add(pointer);
    }
    return this.#place(pointer, value);
  }

  #find(pointer: string): Json | undefined {
    let value: Json | undefined = this.#json;
    for (const part of pointer.split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
      value = (value as Record<string, Json>)[name];
    }
    return value;
  }

  #place(pointer: string, value: Json): Place {
    let place = this.#places.get(pointer);
    if (!place) {
      place = { schema: value as SchemaObject | boolean, pointer };
      this.#places.set(pointer, place);
    }
    return place;
  }

  #findAnchors(value: Json, pointer: string): void {
    if (typeof value !== 'object' || value === null) return;
    if (isRecord(value) && typeof value['$anchor'] === 'string') this.#anchors.set(value['$anchor'], pointer);
    for (const [name, part] of Object.entries(value)) this.#findAnchors(part, `${pointer}/${escapePointer(name)}`);
  }
}
