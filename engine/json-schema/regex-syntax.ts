/** The text of a regular expression (ECMAScript, flag u) → its syntax tree. */
import { complement, intersection, matchedBy, type Range, SINGLE_UNITS, union } from './character-set.ts';

export type Syntax =
  | { kind: 'chars'; ranges: readonly Range[] }
  | { kind: 'seq' | 'alt'; parts: readonly Syntax[] }
  | { kind: 'repeat'; part: Syntax; min: number; max: number }
  | { kind: 'start' | 'end' }
  | { kind: 'ahead'; part: Syntax; negative: boolean };

/** What a pattern uses and this reader does not, in words that go on “it has …”. */
export class UnreadablePattern extends Error {}

const DIGITS: Range[] = [[48, 57]];
const WORD: Range[] = union(DIGITS, [
  [65, 90],
  [95, 95],
  [97, 122],
]);
const SPACE = matchedSpaces();
const LINE_ENDS: Range[] = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];
const CONTROLS: Record<string, number> = { n: 10, r: 13, t: 9, v: 11, f: 12, '0': 0 };
/** Larger counts would make automata of more states than are built. */
const MAX_COUNT = 4096;

function matchedSpaces(): Range[] {
  const spaces = [9, 10, 11, 12, 13, 32, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff];
  return union(
    spaces.map((code): Range => [code, code]),
    [[0x2000, 0x200a]],
  );
}

/** All others, of one UTF-16 unit each. */
function others(set: readonly Range[]): Range[] {
  return intersection(complement(set), SINGLE_UNITS);
}

const properties = new Map<string, Range[]>();

function property(escape: string): Range[] {
  let ranges = properties.get(escape);
  if (!ranges) {
    ranges = matchedBy(new RegExp(`^${escape}$`, 'u'));
    properties.set(escape, ranges);
  }
  return ranges;
}

class Reader {
  readonly #text: string[];
  #at = 0;

  constructor(pattern: string) {
    this.#text = Array.from(pattern);
  }

  alternatives(): Syntax {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    return parts.length === 1 ? parts[0]! : { kind: 'alt', parts };
  }

  #sequence(): Syntax {
    const parts: Syntax[] = [];
    while (this.#at < this.#text.length && !this.#sees('|') && !this.#sees(')'))
      parts.push(this.#counted(this.#atom()));
    return parts.length === 1 ? parts[0]! : { kind: 'seq', parts };
  }

  #atom(): Syntax {
    if (this.#take('^')) return { kind: 'start' };
    if (this.#take('$')) return { kind: 'end' };
    if (this.#take('.')) return { kind: 'chars', ranges: others(LINE_ENDS) };
    if (this.#take('(')) return this.#group();
    if (this.#take('[')) return { kind: 'chars', ranges: this.#class() };
    if (this.#take('\\')) return { kind: 'chars', ranges: this.#escape() };
    return { kind: 'chars', ranges: single(this.#next()) };
  }

  #group(): Syntax {
    let ahead: boolean | null = null; // whether it is negative
    if (this.#take('?')) {
      const sign = this.#next();
      if (sign === '<' && !this.#sees('=') && !this.#sees('!')) {
        while (this.#next() !== '>');
      } else if (sign === '=' || sign === '!') ahead = sign === '!';
      else if (sign !== ':') throw new UnreadablePattern(sign === '<' ? 'a look behind' : 'flags inside');
    }
    const part = this.alternatives();
    this.#take(')');
    return ahead === null ? part : { kind: 'ahead', part, negative: ahead };
  }

  #counted(part: Syntax): Syntax {
    let counts: [number, number] | null = null;
    if (this.#take('*')) counts = [0, Number.POSITIVE_INFINITY];
    else if (this.#take('+')) counts = [1, Number.POSITIVE_INFINITY];
    else if (this.#take('?')) counts = [0, 1];
    else if (this.#take('{')) {
      const min = this.#digits();
      const max = this.#take(',') ? (this.#sees('}') ? Number.POSITIVE_INFINITY : this.#digits()) : min;
      this.#take('}');
      if (min > MAX_COUNT || (max > MAX_COUNT && max !== Number.POSITIVE_INFINITY))
        throw new UnreadablePattern(`a count above ${MAX_COUNT}`);
      counts = [min, max];
    }
    if (!counts) return part;
    this.#take('?'); // lazy or not, the same strings match
    return { kind: 'repeat', part, min: counts[0], max: counts[1] };
  }

  #digits(): number {
    let digits = '';
    while (/^\d$/.test(this.#text[this.#at] ?? '')) digits += this.#next();
    return Number(digits);
  }

  #class(): Range[] {
    const negative = this.#take('^');
    const sets: Range[][] = [];
    while (!this.#take(']')) {
      const from = this.#classAtom();
      if (this.#sees('-') && this.#text[this.#at + 1] !== ']') {
        this.#next();
        const to = this.#classAtom();
        sets.push([[from[0]![0], to[0]![0]]]);
      } else sets.push(from);
    }
    const set = union(...sets);
    return negative ? others(set) : set;
  }

  #classAtom(): Range[] {
    const character = this.#next();
    if (character !== '\\') return single(character);
    if (this.#take('b')) return single('\b');
    return this.#escape();
  }

  /** What an escape stands for; the backslash has been read. */
  #escape(): Range[] {
    const letter = this.#next();
    switch (letter) {
      case 'd':
        return DIGITS;
      case 'D':
        return others(DIGITS);
      case 'w':
        return WORD;
      case 'W':
        return others(WORD);
      case 's':
        return SPACE;
      case 'S':
        return others(SPACE);
      case 'p':
      case 'P': {
        let escape = `\\${letter}`;
        do escape += this.#next();
        while (!escape.endsWith('}'));
        return letter === 'p' ? property(escape) : intersection(property(escape), SINGLE_UNITS);
      }
      case 'b':
      case 'B':
        throw new UnreadablePattern(`\\${letter}, the edge of a word`);
      case 'k':
        throw new UnreadablePattern('a reference back');
      case 'x':
        return code(this.#hex(2));
      case 'c':
        return code(this.#next().codePointAt(0)! % 32);
      case 'u':
        return code(this.#codeUnit());
      default:
        if (/^[1-9]$/.test(letter)) throw new UnreadablePattern('a reference back');
        return Object.hasOwn(CONTROLS, letter) ? code(CONTROLS[letter]!) : single(letter);
    }
  }

  #codeUnit(): number {
    if (this.#take('{')) {
      let digits = '';
      while (!this.#take('}')) digits += this.#next();
      return Number.parseInt(digits, 16);
    }
    const high = this.#hex(4);
    const rest = this.#text.slice(this.#at, this.#at + 6).join('');
    if (high < 0xd800 || high > 0xdbff || !/^\\u[dD][c-fC-F]/.test(rest)) return high;
    this.#at += 2;
    return String.fromCharCode(high, this.#hex(4)).codePointAt(0)!;
  }

  #hex(length: number): number {
    return Number.parseInt(Array.from({ length }, () => this.#next()).join(''), 16);
  }

  #sees(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  #take(character: string): boolean {
    const sees = this.#sees(character);
    if (sees) this.#at++;
    return sees;
  }

  #next(): string {
    const character = this.#text[this.#at++];
    if (character === undefined) throw new UnreadablePattern('an end that was not expected');
    return character;
  }
}

function code(value: number): Range[] {
  return [[value, value]];
}

function single(character: string): Range[] {
  return code(character.codePointAt(0)!);
}

/** Throws `UnreadablePattern` for what this reader does not know, and for what is no regular expression. */
export function readPattern(pattern: string): Syntax {
  try {
    new RegExp(pattern, 'u');
  } catch {
    throw new UnreadablePattern('something that is no regular expression (ECMAScript, flag u)');
  }
  return new Reader(pattern).alternatives();
}
