/** Bounds of a number → the automaton of the decimal texts inside them, without exponents. */
import { type Automaton, trim } from './language.ts';

export interface Bounds {
  integer: boolean;
  min: number;
  max: number;
  /** Whether the bound itself is outside. */
  minExclusive: boolean;
  maxExclusive: boolean;
}

/** Digits behind the point, unless the bounds have more. */
const FRACTION = 6;
/** Decimals of up to this many digits differ as doubles when they differ as text (IEEE 754). */
const EXACT_DIGITS = 15;
/** Where a side has no bound. */
const MOST_DIGITS = 15;

/** A magnitude: digits before and behind the point, `whole` without leading zeros. */
interface Decimal {
  whole: string;
  fraction: string;
}

/** The shortest decimal that reads back as the same double, without an exponent. */
function toDecimal(value: number): Decimal {
  const [digits, exponent = '0'] = String(Math.abs(value)).split('e');
  const [whole = '0', fraction = ''] = digits!.split('.');
  const shift = Number(exponent);
  const all = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + all : all.padEnd(point, '0');
  const at = Math.max(point, 1);
  return { whole: padded.slice(0, at).replace(/^0+(?=.)/, ''), fraction: padded.slice(at).replace(/0+$/, '') };
}

/** What a walk along the digits knows: whether it still follows the lower and the upper bound. */
interface Step {
  length: number;
  position: number;
  low: boolean;
  high: boolean;
}

/** Automata of magnitudes between two decimals, digit by digit. */
class Magnitudes {
  readonly arcs: { from: number; to: number; state: number }[][] = [[]];
  readonly accepting: boolean[] = [false];
  readonly #states = new Map<string, number>();

  /** Adds the texts from `low` to `high` that begin at state `from`; `fraction` digits at most stand behind the point. */
  add(from: number, [low, high]: [Decimal, Decimal], outside: [boolean, boolean], fraction: number): void {
    for (let length = low.whole.length; length <= high.whole.length; length++) {
      const atLow = length === low.whole.length;
      const lower = atLow ? low : { whole: `1${'0'.repeat(length - 1)}`, fraction: '' };
      const atHigh = length === high.whole.length;
      const upper = atHigh ? high : { whole: '9'.repeat(length), fraction: '9'.repeat(fraction) };
      const spell = ({ whole, fraction: digits }: Decimal) => whole + digits.slice(0, fraction).padEnd(fraction, '0');
      // Digits of a bound beyond those that are written: texts at the cut lie below it.
      const lowCut = lower.fraction.length > fraction;
      const highCut = upper.fraction.length > fraction;
      const limits = {
        low: spell(lower),
        high: spell(upper),
        lowOutside: (atLow && outside[0]) || lowCut,
        highOutside: atHigh && outside[1] && !highCut,
      };
      this.#walk(from, { length, position: 0, low: true, high: true }, limits, `${from}:`);
    }
  }

  #walk(
    from: number,
    step: Step,
    limits: { low: string; high: string; lowOutside: boolean; highOutside: boolean },
    prefix: string,
  ): void {
    const { length, position, low, high } = step;
    const total = limits.low.length;
    if (position >= length && this.#mayEnd(step, limits)) this.accepting[from] = true;
    if (position === total) return;
    let source = from;
    if (position === length) {
      source = this.#state(`${prefix}${length}.${low}${high}`).state;
      this.arcs[from]!.push({ from: 46, to: 46, state: source });
    }
    const smallest = low ? Number(limits.low[position]) : 0;
    const largest = high ? Number(limits.high[position]) : 9;
    for (let digit = smallest; digit <= largest; digit++) {
      const next = { length, position: position + 1, low: low && digit === smallest, high: high && digit === largest };
      const { state, isNew } = this.#state(`${prefix}${length},${next.position}${next.low}${next.high}`);
      this.arcs[source]!.push({ from: 48 + digit, to: 48 + digit, state });
      if (isNew) this.#walk(state, next, limits, prefix);
    }
  }

  /** Whether a text that ends here, zeros following in thought, lies inside. */
  #mayEnd(
    { length, position, low, high }: Step,
    limits: { low: string; high: string; lowOutside: boolean; highOutside: boolean },
  ): boolean {
    const isZero = (digits: string) => /^0*$/.test(digits.slice(Math.max(position, length)));
    if (low && (!isZero(limits.low) || limits.lowOutside)) return false;
    return !(high && isZero(limits.high) && limits.highOutside);
  }

  #state(key: string): { state: number; isNew: boolean } {
    const known = this.#states.get(key);
    if (known !== undefined) return { state: known, isNew: false };
    const state = this.arcs.push([]) - 1;
    this.accepting.push(false);
    this.#states.set(key, state);
    return { state, isNew: true };
  }
}

function wholeBounds({ min, max, minExclusive, maxExclusive }: Bounds): Bounds {
  const least = minExclusive && Number.isInteger(min) ? min + 1 : Math.ceil(min);
  const most = maxExclusive && Number.isInteger(max) ? max - 1 : Math.floor(max);
  return { integer: true, min: least, max: most, minExclusive: false, maxExclusive: false };
}

/** How many digits may stand behind the point so that what is written is inside as a double too. */
function fractionDigits({ integer, min, max, minExclusive, maxExclusive }: Bounds): number {
  if (integer) return 0;
  const finite = [min, max].filter(Number.isFinite).map(toDecimal);
  const wanted = Math.max(FRACTION, ...finite.map(({ fraction }) => fraction.length));
  const exact = [...(minExclusive ? [min] : []), ...(maxExclusive ? [max] : [])].map(
    (bound) => EXACT_DIGITS - toDecimal(bound).whole.length,
  );
  return Math.max(0, Math.min(wanted, 20, ...exact));
}

/** Null when no text lies inside. Bounds may be infinite; a larger double than 10^15 is only written below a bound. */
export function decimalRange(bounds: Bounds): Automaton | null {
  const used = bounds.integer ? wholeBounds(bounds) : bounds;
  const { min, max, minExclusive, maxExclusive } = used;
  const fraction = fractionDigits(used);
  const most: Decimal = { whole: '9'.repeat(MOST_DIGITS), fraction: '9'.repeat(fraction) };
  const magnitude = (value: number): Decimal => (Number.isFinite(value) ? toDecimal(value) : most);
  const zero: Decimal = { whole: '0', fraction: '' };
  const texts = new Magnitudes();
  if (max >= 0 && min <= max) {
    const low = min > 0 ? magnitude(min) : zero;
    texts.add(0, [low, magnitude(max)], [minExclusive && min >= 0, maxExclusive], fraction);
  }
  if (min < 0 && min <= max) {
    const negative = texts.arcs.push([]) - 1;
    texts.accepting.push(false);
    texts.arcs[0]!.push({ from: 45, to: 45, state: negative });
    const low = max < 0 ? magnitude(max) : zero;
    // A zero needs no sign.
    texts.add(negative, [low, magnitude(min)], [max >= 0 || maxExclusive, minExclusive], fraction);
  }
  return trim(texts.arcs, texts.accepting);
}
