/** The name of a format → a regular expression for strings of it: never more than the format allows, sometimes less. */

import { isRecord, type SchemaObject } from './keywords.ts';

const DAYS =
  '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))';
const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const DATE = `(?:[0-9]{4}-${DAYS}|${LEAP_YEAR}-02-29)`;
const CLOCK = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?';
const TIME = `${CLOCK}(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])`;
/** No two hyphens in a row: `xn--` begins encoded names, which have rules of their own. */
const LABEL = '[A-Za-z0-9]{1,20}(?:-[A-Za-z0-9]{1,20}){0,2}';
const HOST = `(?:${LABEL}\\.){0,3}[A-Za-z]{2,20}`;
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const PATH = "(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*";
const BASE64 = '[A-Za-z0-9+/]';
const HEX = '[0-9A-Fa-f]';
const HEX_GROUP = `${HEX}{1,4}`;

/** RFC 3339 (date, time with its zone), RFC 3986, RFC 4122 and 5321, as far as validators agree on them. */
const FORMATS: Record<string, string> = {
  date: `^${DATE}$`,
  time: `^${TIME}$`,
  'date-time': `^${DATE}T${TIME}$`,
  duration:
    '^P(?:[0-9]{1,6}W|(?=[0-9T])(?:[0-9]{1,6}Y)?(?:[0-9]{1,6}M)?(?:[0-9]{1,6}D)?(?:T(?=[0-9])(?:[0-9]{1,6}H)?(?:[0-9]{1,6}M)?(?:[0-9]{1,6}S)?)?)$',
  email: `^[A-Za-z0-9_+-]+(?:\\.[A-Za-z0-9_+-]+)*@${HOST.replace('{0,3}', '{1,3}')}$`,
  hostname: `^${HOST}$`,
  uri: `^(?:https?|ftp)://${HOST}(?::[1-9][0-9]{0,3})?(?:/${PATH})?(?:\\?(?:${PATH.slice(0, -1)}|\\?)*)?(?:#(?:${PATH.slice(0, -1)}|\\?)*)?$`,
  uuid: `^${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}$`,
  ipv4: `^${OCTET}(?:\\.${OCTET}){3}$`,
  base64: `^(?:${BASE64}{4})*(?:${BASE64}{2}==|${BASE64}{3}=)?$`,
  base64url: '^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?$',
  ipv6: `^(?:${HEX_GROUP}:){7}${HEX_GROUP}$`,
};

/** Names that are no standard's: who writes them (zod) puts the pattern that they stand for beside them. */
const SAID_BY_PATTERN = new Set([
  'cidrv4',
  'cidrv6',
  'cuid',
  'cuid2',
  'e164',
  'emoji',
  'ends_with',
  'includes',
  'jwt',
  'ksuid',
  'lowercase',
  'nanoid',
  'regex',
  'starts_with',
  'ulid',
  'uppercase',
  'xid',
]);

/** Null when a pattern beside it says all; undefined for a format that is not kept. */
export function formatPattern(format: string, beside: SchemaObject): string | null | undefined {
  const { pattern, allOf } = beside;
  const patterns = [pattern, ...(Array.isArray(allOf) ? allOf.map((part) => isRecord(part) && part['pattern']) : [])];
  if (SAID_BY_PATTERN.has(format) && patterns.some((one) => typeof one === 'string')) return null;
  return Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
}

export const KNOWN_FORMATS: readonly string[] = Object.keys(FORMATS);
