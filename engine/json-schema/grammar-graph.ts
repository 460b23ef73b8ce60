/** Literals, character sets, automata, sequences, choices and rules → a graph of nodes that reads bytes. */
import type { Range } from './character-set.ts';
import { SCALARS } from './character-set.ts';
import type { Automaton } from './language.ts';
import { utf8Ranges } from './utf8.ts';

/** A node by number; what it matches is text that goes on behind it. */
export type NodeId = number;

export interface Arc {
  readonly from: number;
  readonly to: number;
  readonly next: NodeId;
}

export type GraphNode =
  | { readonly kind: 'empty' }
  /** Reads one byte; `arcs` may grow while the graph is built. */
  | { readonly kind: 'bytes'; readonly arcs: Arc[] }
  | { readonly kind: 'seq'; readonly first: NodeId; readonly rest: NodeId }
  | { readonly kind: 'alt'; readonly parts: readonly NodeId[] }
  | { readonly kind: 'repeat'; readonly part: NodeId; readonly min: number; readonly max: number }
  /** `body` is set once it is known: rules may contain themselves. */
  | { readonly kind: 'rule'; body: NodeId };

/** How JSON text spells what may not stand in a string as it is: one spelling for each character. */
function escapeOf(code: number): string | null {
  if (code >= 0x20 && code !== 0x22 && code !== 0x5c) return null;
  return JSON.stringify(String.fromCharCode(code)).slice(1, -1);
}

const ESCAPED = [...Array.from({ length: 0x20 }, (_, code) => code), 0x22, 0x5c];

const encoder = new TextEncoder();

export class GrammarGraph {
  readonly #nodes: GraphNode[] = [];
  readonly #known = new Map<string, NodeId>();
  /** Fewest bytes that each node takes; filled by `measure`. */
  #costs: number[] = [];

  readonly empty = this.#add({ kind: 'empty' });
  /** One character of a JSON string, as it may be written. */
  readonly anyCharacter = this.characters(SCALARS);
  /** Any JSON string. */
  readonly anyString = this.seq(
    this.text('"'),
    this.repeat(this.anyCharacter, 0, Number.POSITIVE_INFINITY),
    this.text('"'),
  );

  node(id: NodeId): GraphNode {
    return this.#nodes[id]!;
  }

  /** Fewest bytes; infinite for what can never be completed. */
  cost(id: NodeId): number {
    return this.#costs[id]!;
  }

  get size(): number {
    return this.#nodes.length;
  }

  text(text: string): NodeId {
    return this.#chain(
      [...encoder.encode(text)].map((byte): Range => [byte, byte]),
      this.empty,
    );
  }

  seq(...parts: NodeId[]): NodeId {
    return parts.reduceRight((rest, first) => {
      if (rest === this.empty) return first;
      if (first === this.empty) return rest;
      return this.#once(`s${first},${rest}`, () => ({ kind: 'seq', first, rest }));
    }, this.empty);
  }

  alt(...parts: NodeId[]): NodeId {
    const different = [...new Set(parts)];
    return different.length === 1
      ? different[0]!
      : this.#once(`|${different.join()}`, () => ({ kind: 'alt', parts: different }));
  }

  /** `part` must take at least one byte. */
  repeat(part: NodeId, min: number, max: number): NodeId {
    if (max <= 0) return this.empty;
    if (min === 1 && max === 1) return part;
    return this.#once(`*${part},${min},${max}`, () => ({ kind: 'repeat', part, min, max }));
  }

  rule(): NodeId {
    return this.#add({ kind: 'rule', body: -1 });
  }

  define(rule: NodeId, body: NodeId): void {
    (this.#nodes[rule] as { body: NodeId }).body = body;
  }

  /** One character of a JSON string out of `ranges`. */
  characters(ranges: readonly Range[]): NodeId {
    const node = this.#add({ kind: 'bytes', arcs: [] });
    for (const range of ranges) this.#addCharacters(node, range, this.empty);
    return node;
  }

  /** The JSON strings whose contents an automaton accepts, quotes included. */
  stringOf(automaton: Automaton): NodeId {
    return this.seq(
      this.text('"'),
      this.#statesOf(automaton, this.text('"'), (node, range, next) => this.#addCharacters(node, range, next)),
    );
  }

  /** The texts that an automaton of ASCII characters accepts. */
  textOf(automaton: Automaton): NodeId {
    return this.#statesOf(automaton, this.empty, (node, [from, to], next) => this.#arcs(node).push({ from, to, next }));
  }

  /** Works out the fewest bytes of every node; nodes may be added behind it only as repetitions (`rest`). */
  measure(): void {
    const costs = this.#nodes.map(() => Number.POSITIVE_INFINITY);
    this.#costs = costs;
    for (let changed = true; changed; ) {
      changed = false;
      for (let id = costs.length - 1; id >= 0; id--) {
        const cost = this.#costOf(this.#nodes[id]!);
        if (cost >= costs[id]!) continue;
        costs[id] = cost;
        changed = true;
      }
    }
  }

  /** The repetition that is left when one `part` of a repetition has been begun. */
  restOf(repetition: NodeId): NodeId {
    const node = this.#nodes[repetition]!;
    if (node.kind !== 'repeat') throw new TypeError('not a repetition');
    const rest = this.repeat(node.part, Math.max(0, node.min - 1), node.max - 1);
    this.#costs[rest] ??= this.#costOf(this.#nodes[rest]!);
    return rest;
  }

  #statesOf(
    { arcs, accepting }: Automaton,
    end: NodeId,
    connect: (node: NodeId, range: Range, next: NodeId) => void,
  ): NodeId {
    const states = arcs.map(() => this.#add({ kind: 'bytes', arcs: [] }));
    const entries = states.map((state, index) =>
      accepting[index] ? this.#add({ kind: 'alt', parts: [end, state] }) : state,
    );
    arcs.forEach((out, index) => {
      for (const { from, to, state } of out) connect(states[index]!, [from, to], entries[state]!);
    });
    return entries[0]!;
  }

  #arcs(node: NodeId): Arc[] {
    return (this.#nodes[node] as { arcs: Arc[] }).arcs;
  }

  #addCharacters(node: NodeId, [from, to]: Range, next: NodeId): void {
    let start = from;
    const add = (range: Range) => {
      if (range[0] > range[1]) return;
      for (const bytes of utf8Ranges(range)) this.#addChain(node, bytes, next);
    };
    for (const code of ESCAPED) {
      if (code < from || code > to) continue;
      add([start, code - 1]);
      start = code + 1;
      const spelled = [...encoder.encode(escapeOf(code)!)].map((byte): Range => [byte, byte]);
      this.#addChain(node, spelled, next);
    }
    add([start, to]);
  }

  #addChain(node: NodeId, [first, ...rest]: Range[], next: NodeId): void {
    this.#arcs(node).push({ from: first![0], to: first![1], next: this.#chain(rest, next) });
  }

  #chain(bytes: readonly Range[], next: NodeId): NodeId {
    return bytes.reduceRight(
      (behind, [from, to]) =>
        this.#once(`b${from}-${to},${behind}`, () => ({ kind: 'bytes', arcs: [{ from, to, next: behind }] })),
      next,
    );
  }

  #once(key: string, make: () => GraphNode): NodeId {
    let id = this.#known.get(key);
    if (id === undefined) {
      id = this.#add(make());
      this.#known.set(key, id);
    }
    return id;
  }

  #add(node: GraphNode): NodeId {
    return this.#nodes.push(node) - 1;
  }

  #costOf(node: GraphNode): number {
    switch (node.kind) {
      case 'empty':
        return 0;
      case 'bytes':
        return node.arcs.reduce((least, { next }) => Math.min(least, 1 + this.cost(next)), Number.POSITIVE_INFINITY);
      case 'seq':
        return this.cost(node.first) + this.cost(node.rest);
      case 'alt':
        return Math.min(Number.POSITIVE_INFINITY, ...node.parts.map((part) => this.cost(part)));
      case 'repeat':
        return node.min === 0 ? 0 : node.min * this.cost(node.part);
      case 'rule':
        return node.body < 0 ? Number.POSITIVE_INFINITY : this.cost(node.body);
    }
  }
}
