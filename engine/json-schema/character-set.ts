/** Sets of Unicode code points as sorted ranges → union, complement, intersection. */

/** Inclusive code points. */
export type Range = readonly [number, number];

export const LAST = 0x10ffff;
const SURROGATES: Range = [0xd800, 0xdfff];

/** Sorted, without overlaps, neighbours joined. */
export function union(...sets: (readonly Range[])[]): Range[] {
  const sorted = sets.flat().sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = joined.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** All other code points. */
export function complement(set: readonly Range[]): Range[] {
  const rest: Range[] = [];
  let from = 0;
  for (const [first, last] of union(set)) {
    if (first > from) rest.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= LAST) rest.push([from, LAST]);
  return rest;
}

export function intersection(a: readonly Range[], b: readonly Range[]): Range[] {
  return complement(union(complement(a), complement(b)));
}

/** What text may hold: surrogates are halves of characters. */
export const SCALARS = complement([SURROGATES]);
/**
 * Characters that are one UTF-16 unit. Strings with a pattern or a largest length keep to them (and to what a pattern
 * names), because validators differ in whether an emoji counts as one or two.
 */
export const SINGLE_UNITS = intersection(SCALARS, [[0, 0xffff]]);

/** The code points that `expression` (with flag u) matches one by one. */
export function matchedBy(expression: RegExp): Range[] {
  const ranges: [number, number][] = [];
  for (const [from, to] of SCALARS) {
    for (let code = from; code <= to; code++) {
      if (!expression.test(String.fromCodePoint(code))) continue;
      const last = ranges.at(-1);
      if (last?.[1] === code - 1) last[1] = code;
      else ranges.push([code, code]);
    }
  }
  return ranges;
}
