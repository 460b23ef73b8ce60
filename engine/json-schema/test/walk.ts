/** A schema → random answers through the real mask, judged by Ajv. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { isAllowed } from '../../grammar.ts';
import { AnswerForm } from '../answer-form.ts';
import { AnswerConstraint } from '../constraint.ts';
import type { Json } from '../keywords.ts';
import { TokenTable } from '../token-mask.ts';

/** All bytes, and pieces as tokenizers make them: several JSON signs in one, words, a character and a half. */
const PIECES = [
  '", "',
  '": ',
  '{"',
  '"}',
  '"]',
  ']}',
  '}}',
  '[[',
  ', ',
  '"a": ',
  'true',
  'false',
  'null',
  '\\"',
  '\\n',
  '\\\\',
  '0.',
  '00',
  '10',
  '-1',
  '1e',
  'http',
  'https://',
  '://',
  '.com',
  '@',
  'ab',
  'red',
  'blue',
  'é',
  '日本',
  '😀',
  '😀"',
  '\t',
  '\n',
  ' a',
  '-',
  '--',
  '2024-',
  ':00',
]; // prettier-ignore
const STOP = 256 + PIECES.length;

/** GPT-2's spelling of bytes. */
function spellByte(byte: number): string {
  const isPrintable = (b: number) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
  if (isPrintable(byte)) return String.fromCharCode(byte);
  return String.fromCharCode(256 + Array.from({ length: byte }, (_, b) => b).filter((b) => !isPrintable(b)).length);
}

const spell = (text: string) => [...new TextEncoder().encode(text)].map(spellByte).join('');
const half = [...new TextEncoder().encode('日')].slice(0, 2).map(spellByte).join('');

const tokens = [...Array.from({ length: 256 }, (_, byte) => spellByte(byte)), ...PIECES.map(spell), '', half];
export const table = new TokenTable({ tokens, encoding: 'byte-level', stopIds: [STOP] });

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Ajv with formats checked in full; keywords that it does not know ask for nothing. */
export function judge(schema: unknown): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, logger: false });
  formats.default(ajv);
  return ajv.compile(schema as object);
}

/** One answer: random allowed tokens up to a random length, closed where it was cut. */
export function walk(form: AnswerForm, random: () => number): string {
  const constraint = new AnswerConstraint(form, table);
  const bytes: number[] = [];
  const length = 1 + Math.floor(random() ** 2 * 80);
  for (let count = 0; count < length; count++) {
    const bits = constraint.allowed();
    if (isAllowed(bits, STOP) && random() < 0.3) break;
    const ids = tokens.flatMap((_, id) => (id !== STOP && isAllowed(bits, id) ? [id] : []));
    const any = Math.floor(random() * tokens.length);
    if (constraint.allows(any) !== isAllowed(bits, any)) throw new Error(`token ${any}: allows and allowed differ`);
    if (ids.length === 0) break;
    const id = ids[Math.floor(random() * ids.length)]!;
    constraint.accept(id);
    bytes.push(...table.bytes[id]!);
  }
  // As it is shown: a character that was begun is left out.
  const shown = new TextDecoder().decode(new Uint8Array(bytes)).replace(/\ufffd+$/, '');
  return shown + form.closing(shown);
}

/** Null when `count` answers are JSON and fit by Ajv and by the product's own check; else the first that does not. */
export function firstBroken(
  schema: unknown,
  count: number,
  seed: number,
  alsoFits: (value: unknown) => boolean = () => true,
): string | null {
  const form = new AnswerForm(schema as Json);
  const fits = judge(schema);
  const random = seeded(seed);
  for (let index = 0; index < count; index++) {
    const text = walk(form, random);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return `${text} is no JSON`;
    }
    if (!fits(value)) return `${text} ${JSON.stringify(fits.errors)}`;
    if (!alsoFits(value)) return `${text} by its author`;
    const misfit = form.misfit(text);
    if (misfit) return `${text} by our own check: ${JSON.stringify(misfit)}`;
  }
  return null;
}
