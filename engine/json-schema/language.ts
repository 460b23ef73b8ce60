/** Regular languages as expressions with "and" and "not" → automata, by derivatives (Brzozowski, 1964). */
import { type Range, SINGLE_UNITS } from './character-set.ts';

/** An expression; equal numbers mean equal languages, within one `Languages`. */
export type Language = number;

type Node =
  | { kind: 'none' | 'empty' }
  | { kind: 'chars'; ranges: readonly Range[] }
  | { kind: 'seq'; first: Language; rest: Language }
  | { kind: 'alt' | 'and'; parts: readonly Language[] }
  | { kind: 'not'; part: Language }
  | { kind: 'repeat'; part: Language; min: number; max: number };

/** An automaton over code points; state 0 is the first. Arcs may overlap; every state leads to an accepting one. */
export interface Automaton {
  readonly arcs: readonly (readonly { from: number; to: number; state: number }[])[];
  readonly accepting: readonly boolean[];
}

/** Thrown when an automaton has too many states to be worth it. */
export class TooManyStates extends Error {}

const MAX_STATES = 4096;
/** Parts of expressions that are looked at for one automaton: about a second. */
const MAX_WORK = 2_000_000;

function isSingleUnit(code: number): boolean {
  return SINGLE_UNITS.some(([from, to]) => from <= code && code <= to);
}

/** Expressions, each kept once, so that derivatives come out equal and the automaton is finite. */
export class Languages {
  readonly #nodes: Node[] = [];
  readonly #ids = new Map<string, Language>();
  readonly #nullable: boolean[] = [];
  readonly #derivatives = new Map<number, Language>();
  #work = 0;
  /** Whether any expression names characters of two UTF-16 units. */
  #wide = false;

  readonly none = this.#add('none', { kind: 'none' });
  readonly empty = this.#add('empty', { kind: 'empty' });
  /** Every string of single units. */
  readonly all = this.repeat(this.chars(SINGLE_UNITS), 0, Number.POSITIVE_INFINITY);

  chars(ranges: readonly Range[]): Language {
    if (ranges.length === 0) return this.none;
    if (ranges.at(-1)![1] > 0xffff) this.#wide = true;
    return this.#add(`c${ranges.join(';')}`, { kind: 'chars', ranges });
  }

  text(text: string): Language {
    return Array.from(text).reduceRight((rest, character) => {
      const code = character.codePointAt(0)!;
      return this.seq(this.chars([[code, code]]), rest);
    }, this.empty);
  }

  seq(first: Language, rest: Language): Language {
    if (first === this.none || rest === this.none) return this.none;
    if (first === this.empty) return rest;
    if (rest === this.empty) return first;
    const node = this.#nodes[first]!;
    if (node.kind === 'seq') return this.seq(node.first, this.seq(node.rest, rest));
    return this.#add(`s${first},${rest}`, { kind: 'seq', first, rest });
  }

  alt(...parts: Language[]): Language {
    const flat = this.#flatten('alt', parts).filter((part) => part !== this.none);
    if (flat.length < 2) return flat[0] ?? this.none;
    if (flat.includes(this.all) && !this.#wide) return this.all;
    return this.#add(`|${flat.join()}`, { kind: 'alt', parts: flat });
  }

  and(...parts: Language[]): Language {
    const all = this.#flatten('and', parts);
    if (all.includes(this.none)) return this.none;
    const flat = this.#wide ? all : all.filter((part) => part !== this.all);
    if (flat.length < 2) return flat[0] ?? this.all;
    return this.#add(`&${flat.join()}`, { kind: 'and', parts: flat });
  }

  /** The other strings of single units. */
  not(part: Language): Language {
    if (part === this.none) return this.all;
    if (part === this.all) return this.none;
    return this.#add(`!${part}`, { kind: 'not', part });
  }

  repeat(part: Language, min: number, max: number): Language {
    if (min > max) return this.none;
    if (max === 0 || part === this.empty) return this.empty;
    if (part === this.none) return min === 0 ? this.empty : this.none;
    if (min === 1 && max === 1) return part;
    const least = this.nullable(part) ? 0 : min;
    return this.#add(`*${part},${least},${max}`, { kind: 'repeat', part, min: least, max });
  }

  /** Whether the empty string belongs to it. */
  nullable(language: Language): boolean {
    return this.#nullable[language]!;
  }

  /** Null when no string belongs to it. Throws `TooManyStates`. */
  automaton(language: Language): Automaton | null {
    const classes = this.#classes();
    this.#work = 0;
    const states = new Map<Language, number>([[language, 0]]);
    const order = [language];
    const arcs: { from: number; to: number; state: number }[][] = [];
    for (let index = 0; index < order.length; index++) {
      if (order.length > MAX_STATES) throw new TooManyStates();
      const out: { from: number; to: number; state: number }[] = [];
      for (const [from, to] of classes) {
        const next = this.#derive(order[index]!, from);
        if (next === this.none) continue;
        let state = states.get(next);
        if (state === undefined) {
          state = order.push(next) - 1;
          states.set(next, state);
        }
        const last = out.at(-1);
        if (last?.state === state && last.to === from - 1) last.to = to;
        else out.push({ from, to, state });
      }
      arcs.push(out);
    }
    return trim(
      arcs,
      order.map((state) => this.nullable(state)),
    );
  }

  /** Whether no string belongs to it. Throws `TooManyStates`. */
  isNone(language: Language): boolean {
    return this.automaton(language) === null;
  }

  #flatten(kind: 'alt' | 'and', parts: readonly Language[]): Language[] {
    const flat = parts.flatMap((part) => {
      const node = this.#nodes[part]!;
      return node.kind === kind ? node.parts : [part];
    });
    this.#work += flat.length;
    return [...new Set(flat)].sort((a, b) => a - b);
  }

  #add(key: string, node: Node): Language {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#nodes.push(node) - 1;
    this.#ids.set(key, id);
    this.#nullable.push(this.#isNullable(node));
    return id;
  }

  #isNullable(node: Node): boolean {
    switch (node.kind) {
      case 'none':
      case 'chars':
        return false;
      case 'empty':
        return true;
      case 'seq':
        return this.nullable(node.first) && this.nullable(node.rest);
      case 'alt':
        return node.parts.some((part) => this.nullable(part));
      case 'and':
        return node.parts.every((part) => this.nullable(part));
      case 'not':
        return !this.nullable(node.part);
      case 'repeat':
        return node.min === 0;
    }
  }

  /** What may follow `code` in a string of the language. */
  #derive(language: Language, code: number): Language {
    if (++this.#work > MAX_WORK) throw new TooManyStates();
    const key = language * 0x200000 + code;
    const known = this.#derivatives.get(key);
    if (known !== undefined) return known;
    const derived = this.#deriveNode(this.#nodes[language]!, code);
    this.#derivatives.set(key, derived);
    return derived;
  }

  #deriveNode(node: Node, code: number): Language {
    switch (node.kind) {
      case 'none':
      case 'empty':
        return this.none;
      case 'chars':
        return node.ranges.some(([from, to]) => from <= code && code <= to) ? this.empty : this.none;
      case 'seq': {
        const direct = this.seq(this.#derive(node.first, code), node.rest);
        return this.nullable(node.first) ? this.alt(direct, this.#derive(node.rest, code)) : direct;
      }
      case 'alt':
        return this.alt(...node.parts.map((part) => this.#derive(part, code)));
      case 'and':
        return this.and(...node.parts.map((part) => this.#derive(part, code)));
      case 'not':
        return isSingleUnit(code) ? this.not(this.#derive(node.part, code)) : this.none;
      case 'repeat': {
        const rest = this.repeat(node.part, Math.max(0, node.min - 1), node.max - 1);
        return this.seq(this.#derive(node.part, code), rest);
      }
    }
  }

  /** Characters that no expression tells apart, as ranges. */
  #classes(): Range[] {
    const starts = new Set<number>();
    for (const node of this.#nodes) {
      if (node.kind !== 'chars') continue;
      for (const [from, to] of node.ranges) starts.add(from).add(to + 1);
    }
    const sorted = [...starts].sort((a, b) => a - b);
    return sorted.slice(0, -1).map((from, index) => [from, sorted[index + 1]! - 1]);
  }
}

/** Leaves out the states from which nothing is accepted; null when that is the first. */
export function trim(
  arcs: readonly (readonly { from: number; to: number; state: number }[])[],
  accepting: readonly boolean[],
): Automaton | null {
  const sources: number[][] = arcs.map(() => []);
  arcs.forEach((out, index) => {
    for (const { state } of out) sources[state]!.push(index);
  });
  const alive = new Set<number>();
  const queue = accepting.flatMap((accepts, index) => (accepts ? [index] : []));
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    if (alive.has(state)) continue;
    alive.add(state);
    queue.push(...sources[state]!);
  }
  if (!alive.has(0)) return null;
  const kept = [...alive].sort((a, b) => a - b);
  const renamed = new Map(kept.map((state, index) => [state, index]));
  return {
    arcs: kept.map((index) =>
      arcs[index]!.filter(({ state }) => alive.has(state)).map((arc) => ({ ...arc, state: renamed.get(arc.state)! })),
    ),
    accepting: kept.map((index) => accepting[index]!),
  };
}
