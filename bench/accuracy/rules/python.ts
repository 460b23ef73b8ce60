/** The few Python functions that official scoring scripts lean on, with Python's own idea of space and of rounding. */

/** What `str.split()` and `str.strip()` take for space; JavaScript's `\s` lacks five of these and has one more. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACES = new RegExp(`[${SPACE}]+`);
const OUTER_SPACE = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, 'g');

/** `text.strip()` */
export function strip(text: string): string {
  return text.replace(OUTER_SPACE, '');
}

/** `text.split()` */
export function splitWords(text: string): string[] {
  return text.split(SPACES).filter((word) => word !== '');
}

/** `sum(values) / len(values)`, added from left to right as Python does; null for an empty list. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** `a / b`; null where Python raises ZeroDivisionError. */
export function ratio(a: number, b: number): number | null {
  return b === 0 ? null : a / b;
}

/**
 * `format(value, '.{digits}f')`. Both languages round the exact binary value; they differ only where it lies exactly
 * half way, which Python rounds to the even digit. Such a value has no more binary places than `digits + 1`.
 */
export function fixed(value: number, digits: number): string {
  const exact = value.toFixed(digits + 1);
  const isTie = Number.isInteger(value * 2 ** (digits + 1)) && exact.endsWith('5');
  const kept = exact.slice(0, digits === 0 ? -2 : -1);
  return isTie && Number(kept.at(-1)) % 2 === 0 ? kept : value.toFixed(digits);
}
