/** Any value that another window sent → a request or a handshake with exactly the fields it may have, or an ApiError. */
import { Field, type Fields } from '../../../contract/fields.ts';
import { invalid, refuse } from '../completions/api-error.ts';
import { MAX_IMAGE_BYTES, tooLarge } from '../completions/image-url.ts';
import { type Connect, type FrameRequest, LIMITS, PROTOCOL_VERSION } from './protocol.ts';

/** Throws an ApiError that names the field. */
type Check = (field: Field) => void;

/** Names that reach an object's prototype when code is careless with them. No request needs them. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A record made of braces: no array, no Map, no Date, nothing with a prototype of its own. */
export function isPlain(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

const isId: Check = (field) => field.whole(1);

const isQuestion: Check = (field) => field.text(0, LIMITS.question);

const isPicture: Check = (field: Field) => {
  const { value, path } = field;
  if (!(value instanceof Blob)) field.fail('must be a Blob or a File');
  if (value.size > MAX_IMAGE_BYTES) throw tooLarge(value.size, path);
};

function entriesOf(value: object, field: string): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isPlain(value)) throw invalid(field, `${field} holds something that is not plain data.`);
  for (const key of Object.keys(value)) {
    if (FORBIDDEN.has(key)) throw invalid(field, `${field} holds the name "${key}", which is not allowed.`);
  }
  return [...Object.keys(value), ...Object.values(value)];
}

/** Plain data within the limits; what it means is for `src/library/completions` to check. Walks without recursion. */
const isData: Check = ({ value: root, path: field }) => {
  if (!isPlain(root)) throw invalid(field, `${field} has to be an object.`);
  let level: unknown[] = [root];
  let characters = 0;
  let values = 0;
  // A circle never ends in depth, so it meets one of the limits too.
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LIMITS.depth) throw invalid(field, `${field} nests deeper than ${LIMITS.depth} levels.`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string') characters += value.length;
      else if (typeof value === 'bigint') throw invalid(field, `${field} holds something that is not plain data.`);
      if (characters > LIMITS.text) throw invalid(field, `${field} holds more than ${LIMITS.text} characters.`);
      if (typeof value !== 'object' || value === null) continue;
      const inside = entriesOf(value, field);
      values += inside.length;
      if (values > LIMITS.values) throw invalid(field, `${field} holds more than ${LIMITS.values} values.`);
      for (const entry of inside) next.push(entry);
    }
    level = next;
  }
};

const FIELDS: { readonly [T in FrameRequest['type']]: Readonly<Record<string, Check>> } = {
  load: {},
  attach: { picture: isPicture },
  ask: { question: isQuestion },
  stop: {},
  reset: {},
  complete: { params: isData },
  cancel: { request: isId },
};

/** Every field of `checks` is looked at, no field may stand beside them. */
function checkFields(value: Fields, checks: Readonly<Record<string, Check>>): void {
  const fields = new Field(value, '', refuse).only([], Object.keys(checks));
  for (const [name, check] of Object.entries(checks)) check(fields.get(name));
}

/** The id of a message when it has a proper one, so that whoever asked can be told what was wrong with the rest. */
export function idOf(value: unknown): number | null {
  const id = isPlain(value) && Object.hasOwn(value, 'id') ? value['id'] : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 1 ? id : null;
}

/** Throws ApiError. */
export function readFrameRequest(value: unknown): FrameRequest {
  if (!isPlain(value)) throw invalid('type', 'A message has to be an object with id and type.');
  const type = Object.hasOwn(value, 'type') ? value['type'] : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type))
    throw invalid('type', `type has to be one of ${Object.keys(FIELDS).join(', ')}.`);
  checkFields(value, { id: isId, type: () => {}, ...FIELDS[type as FrameRequest['type']] });
  return value as unknown as FrameRequest;
}

const CONNECT_FIELDS: Readonly<Record<string, Check>> = {
  type: () => {},
  version(field) {
    if (field.value !== PROTOCOL_VERSION) throw invalid(field.path, `This frame speaks version ${PROTOCOL_VERSION}.`);
  },
  lang(field) {
    if (!field.absent && !/^[a-z0-9-]{1,35}$/i.test(field.text())) field.fail('must be a language tag');
  },
  theme: (field) => field.absent || field.oneOf(['light', 'dark']),
};

/** Throws ApiError. */
export function readConnect(value: Fields): Connect {
  checkFields(value, CONNECT_FIELDS);
  return value as unknown as Connect;
}
