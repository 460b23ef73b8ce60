/** A grammar graph and the bytes read so far → what may follow, whether it is whole, and what would complete it. */
import type { Arc, GrammarGraph, NodeId } from './grammar-graph.ts';

/** A list of nodes still to be read, each list kept once; 0 is the empty list. */
type Stack = number;

/** All the ways in which the bytes so far can be read, each set kept once. */
interface Position {
  /** Stacks whose first node reads a byte. */
  readonly stacks: readonly Stack[];
  readonly isWhole: boolean;
  /** The position behind each byte; -1 as long as nobody has asked. */
  readonly next: Int32Array;
}

/** 0 is the position from which nothing goes on. */
export type PositionId = number;

const NOWHERE: PositionId = 0;
/** Positions that are kept; beyond that, those in use are worked out again. About 100 MB. */
export const MAX_POSITIONS = 50_000;

export class Reader {
  readonly #graph: GrammarGraph;
  readonly #heads: NodeId[] = [-1];
  readonly #tails: Stack[] = [0];
  /** Fewest bytes that complete a stack. */
  readonly #costs: number[] = [0];
  readonly #stacks = new Map<number, Stack>();
  readonly #positions: Position[] = [{ stacks: [], isWhole: false, next: new Int32Array(256) }];
  readonly #known = new Map<string, PositionId>();
  readonly start: PositionId;

  constructor(graph: GrammarGraph, root: NodeId) {
    this.#graph = graph;
    const stacks = new Set<Stack>();
    const isWhole = this.#open(root, 0, stacks, new Set());
    this.start = this.#position(stacks, isWhole);
  }

  get size(): number {
    return this.#positions.length;
  }

  isWhole(position: PositionId): boolean {
    return this.#positions[position]!.isWhole;
  }

  /** The position behind one more byte; 0 when it may not stand there. */
  step(position: PositionId, byte: number): PositionId {
    const { next, stacks: from } = this.#positions[position]!;
    const known = next[byte]!;
    if (known >= 0) return known;
    const stacks = new Set<Stack>();
    const seen = new Set<number>();
    let isWhole = false;
    for (const stack of from)
      for (const arc of this.#arcs(stack))
        if (arc.from <= byte && byte <= arc.to)
          isWhole = this.#open(arc.next, this.#tails[stack]!, stacks, seen) || isWhole;
    const reached = this.#position(stacks, isWhole);
    next[byte] = reached;
    return reached;
  }

  /** The fewest bytes that make it whole. */
  completion(position: PositionId): number[] {
    const bytes: number[] = [];
    for (let here = position; !this.isWhole(here); here = this.step(here, bytes.at(-1)!)) {
      const { stacks } = this.#positions[here]!;
      const best = stacks.reduce((a, b) => (this.#costs[b]! < this.#costs[a]! ? b : a));
      const tail = this.#costs[this.#tails[best]!]!;
      const arc = this.#arcs(best).find(({ next }) => 1 + this.#graph.cost(next) + tail === this.#costs[best])!;
      bytes.push(plainest(arc));
    }
    return bytes;
  }

  #arcs(stack: Stack): readonly Arc[] {
    const node = this.#graph.node(this.#heads[stack]!);
    return node.kind === 'bytes' ? node.arcs : [];
  }

  /** Adds the stacks that reading `node` and then `tail` can begin with; returns whether nothing has to be read. */
  #open(node: NodeId, tail: Stack, stacks: Set<Stack>, seen: Set<number>): boolean {
    if (this.#graph.cost(node) === Number.POSITIVE_INFINITY) return false;
    const key = pair(node, tail);
    if (seen.has(key)) return false;
    seen.add(key);
    const shape = this.#graph.node(node);
    switch (shape.kind) {
      case 'empty':
        return tail === 0 || this.#open(this.#heads[tail]!, this.#tails[tail]!, stacks, seen);
      case 'bytes':
        stacks.add(this.#push(node, tail));
        return false;
      case 'seq':
        return this.#open(shape.first, this.#push(shape.rest, tail), stacks, seen);
      case 'alt':
        return shape.parts.map((part) => this.#open(part, tail, stacks, seen)).includes(true);
      case 'repeat': {
        const mayEnd = shape.min === 0 && this.#open(this.#graph.empty, tail, stacks, seen);
        const rest = this.#graph.restOf(node);
        const behind = rest === this.#graph.empty ? tail : this.#push(rest, tail);
        return this.#open(shape.part, behind, stacks, seen) || mayEnd;
      }
      case 'rule':
        return this.#open(shape.body, tail, stacks, seen);
    }
  }

  #push(head: NodeId, tail: Stack): Stack {
    const key = pair(head, tail);
    let stack = this.#stacks.get(key);
    if (stack === undefined) {
      stack = this.#heads.push(head) - 1;
      this.#tails.push(tail);
      this.#costs.push(this.#graph.cost(head) + this.#costs[tail]!);
      this.#stacks.set(key, stack);
    }
    return stack;
  }

  #position(stacks: ReadonlySet<Stack>, isWhole: boolean): PositionId {
    if (stacks.size === 0 && !isWhole) return NOWHERE;
    const sorted = [...stacks].sort((a, b) => a - b);
    const key = `${isWhole}${sorted.join()}`;
    let id = this.#known.get(key);
    if (id === undefined) {
      id = this.#positions.push({ stacks: sorted, isWhole, next: new Int32Array(256).fill(-1) }) - 1;
      this.#known.set(key, id);
    }
    return id;
  }
}

function pair(a: number, b: number): number {
  return a * 0x4000000 + b;
}

/** A digit or a letter where there is one. */
function plainest({ from, to }: Arc): number {
  return [48, 97, 65].find((byte) => from <= byte && byte <= to) ?? from;
}
