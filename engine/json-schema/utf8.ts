/** Ranges of code points → the ranges of UTF-8 bytes that spell them. */
import type { Range } from './character-set.ts';

/** The largest code point of one, two, three and four bytes. */
const LARGEST = [0x7f, 0x7ff, 0xffff, 0x10ffff];

function encode(code: number): number[] {
  const length = LARGEST.findIndex((largest) => code <= largest) + 1;
  if (length === 1) return [code];
  const bytes: number[] = [];
  let rest = code;
  for (let index = 1; index < length; index++) {
    bytes.unshift(0x80 | (rest & 0x3f));
    rest >>= 6;
  }
  return [((0xf00 >> length) & 0xff) | rest, ...bytes];
}

/** Each entry is one range for each byte; together they spell `from` to `to` and nothing else. */
export function utf8Ranges([from, to]: Range): Range[][] {
  const largest = LARGEST.find((limit) => from <= limit)!;
  if (to > largest) return [...utf8Ranges([from, largest]), ...utf8Ranges([largest + 1, to])];
  const first = encode(from);
  const last = encode(to);
  // Split where the ranges of the following bytes would not be whole.
  for (let behind = 1; behind < first.length; behind++) {
    const mask = 2 ** (6 * behind) - 1;
    if (Math.floor(from / (mask + 1)) === Math.floor(to / (mask + 1))) continue;
    if ((from & mask) !== 0) return [...utf8Ranges([from, from | mask]), ...utf8Ranges([(from | mask) + 1, to])];
    if ((to & mask) !== mask) {
      const cut = to - (to & mask);
      return [...utf8Ranges([from, cut - 1]), ...utf8Ranges([cut, to])];
    }
  }
  return [first.map((byte, index): Range => [byte, last[index]!])];
}
