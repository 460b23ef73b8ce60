/** A schema → the graph of all the JSON texts that are written for it: one line, `, ` and `: ` between. */
import { SINGLE_UNITS } from './character-set.ts';
import { type Bounds, decimalRange } from './decimal-range.ts';
import type { SchemaDocument } from './document.ts';
import { type Facts, sayer } from './facts.ts';
import { GrammarGraph, type NodeId } from './grammar-graph.ts';
import { isRecord, type Json } from './keywords.ts';
import type { Language } from './language.ts';
import type { ArrayPart, Goal, ObjectPart, Part, StringPart } from './part.ts';
import { keyOf, Parts } from './parts.ts';
import { patternLanguage } from './pattern.ts';
import { refusal, unusable } from './refusal.ts';
import { checkRivals } from './rivals.ts';

/** About 100 MB of nodes. */
const MAX_NODES = 400_000;
const MAX_GOALS = 5000;
/** Properties times counts of properties. */
const MAX_COUNTED = 20_000;
/** Bytes; no model here writes so much. */
const MAX_SHORTEST = 32_768;

/** Numbers without bounds; they stay finite. */
const NUMBER = '^-?(?:0|[1-9][0-9]{0,14})(?:\\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?$';
const WHOLE_NUMBER = '^(?:0|-?[1-9][0-9]{0,14})$';

/** A value as it is written. */
export function spell(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(spell).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}: ${spell(item)}`)
    .join(', ')}}`;
}

class Writer {
  readonly graph = new GrammarGraph();
  readonly parts: Parts;
  readonly #rules = new Map<string, NodeId>();
  readonly #none = this.graph.alt();

  constructor(document: SchemaDocument) {
    this.parts = new Parts(document);
  }

  /** The rule for values that fit all of `goal`. */
  goal(goal: Goal): NodeId {
    const key = keyOf(goal);
    let rule = this.#rules.get(key);
    if (rule === undefined) {
      if (this.#rules.size >= MAX_GOALS || this.graph.size > MAX_NODES)
        throw unusable('The schema asks for too much at once. Make it smaller, or its lengths and counts.');
      rule = this.graph.rule();
      this.#rules.set(key, rule);
      this.graph.define(rule, goal.length === 0 ? this.#anything(rule) : this.#choice(goal));
    }
    return rule;
  }

  #choice(goal: Goal): NodeId {
    const parts = this.parts.of(goal);
    for (const part of parts) checkRivals(part, this.parts);
    return this.graph.alt(...parts.map((part) => this.#part(part)));
  }

  /** Any JSON value; `rule` stands for one. */
  #anything(rule: NodeId): NodeId {
    const { graph } = this;
    const items = this.#list('[', rule, ']', 0, Infinity);
    const entries = this.#list('{', graph.seq(graph.anyString, graph.text(': '), rule), '}', 0, Infinity);
    return graph.alt(
      ...['null', 'true', 'false'].map((word) => graph.text(word)),
      this.#pattern(NUMBER),
      graph.anyString,
      items,
      entries,
    );
  }

  #part(part: Part): NodeId {
    const { graph } = this;
    switch (part.kind) {
      case 'values':
        return graph.alt(...part.values.map((value) => graph.text(spell(value))));
      case 'null':
        return graph.text('null');
      case 'boolean':
        return graph.alt(graph.text('true'), graph.text('false'));
      case 'number':
        return this.#number(part.bounds);
      case 'string':
        return this.#string(part, part.facts);
      case 'array':
        return this.#array(part);
      case 'object':
        return this.#object(part, part.facts);
    }
  }

  #pattern(pattern: string): NodeId {
    const { languages } = this.parts;
    return this.graph.textOf(languages.automaton(patternLanguage(pattern, languages))!);
  }

  #number(bounds: Bounds): NodeId {
    if (bounds.min === -Infinity && bounds.max === Infinity)
      return this.#pattern(bounds.integer ? WHOLE_NUMBER : NUMBER);
    return this.graph.textOf(decimalRange(bounds)!);
  }

  #string(part: StringPart, facts: Facts): NodeId {
    const { graph } = this;
    const { language, min, max } = part;
    if (language === null) {
      if (min > max) this.#noteStrings(facts);
      const character = max === Infinity ? graph.anyCharacter : graph.characters(SINGLE_UNITS);
      return min > max ? this.#none : graph.seq(graph.text('"'), graph.repeat(character, min, max), graph.text('"'));
    }
    const node = this.#contents(this.parts.contents(part), facts);
    if (node === this.#none) this.#noteStrings(facts);
    return node;
  }

  #noteStrings(facts: Facts): void {
    const { keyword, place } = sayer(facts, ['pattern', 'format', 'minLength']);
    this.parts.note(keyword, place, 'no string fits it together with what else is said.');
  }

  #contents(language: Language | null, facts: Facts): NodeId {
    if (language === null || language === this.parts.languages.all) return this.graph.anyString;
    const automaton = this.parts.counting(facts, () => this.parts.languages.automaton(language));
    return automaton ? this.graph.stringOf(automaton) : this.#none;
  }

  #array({ first, rest, min, max }: ArrayPart): NodeId {
    const { graph } = this;
    const close = graph.text(']');
    const item = rest && this.goal(rest);
    if (first.length === 0)
      return item === null ? (min > 0 ? this.#none : graph.text('[]')) : this.#list('[', item, ']', min, max);
    const count = first.length;
    let node = this.#none;
    if (item !== null && max >= Math.max(min, count))
      node = graph.seq(graph.repeat(graph.seq(graph.text(', '), item), Math.max(0, min - count), max - count), close);
    else if (count >= min && count <= max) node = close;
    for (let index = count - 1; index >= 0; index--) {
      const one = graph.seq(graph.text(index === 0 ? '' : ', '), this.goal(first[index]!), node);
      const ways = [...(index < max ? [one] : []), ...(index >= min && index <= max ? [close] : [])];
      node = graph.alt(...ways);
    }
    return graph.seq(graph.text('['), node);
  }

  /** `min` to `max` items with commas between. */
  #list(open: string, item: NodeId, close: string, min: number, max: number): NodeId {
    const { graph } = this;
    if (min > max) return this.#none;
    const empty = graph.text(open + close);
    if (max === 0) return empty;
    const more = graph.repeat(graph.seq(graph.text(', '), item), Math.max(0, min - 1), max - 1);
    const some = graph.seq(graph.text(open), item, more, graph.text(close));
    return min === 0 ? graph.alt(empty, some) : some;
  }

  #object(part: ObjectPart, facts: Facts): NodeId {
    const { graph } = this;
    const { listed, min, max } = part;
    const mandatory = listed.filter(({ required }) => required).length;
    const entry = this.#entry(part, facts);
    const isOpen = entry !== this.#none;
    // Otherwise it only matters whether there is one already.
    const counted = min > mandatory || max < listed.length || (max < Infinity && isOpen);
    if (counted && listed.length * Math.min(max, listed.length) > MAX_COUNTED) {
      const { keyword, place } = sayer(facts, ['maxProperties', 'minProperties']);
      throw refusal(keyword, place.pointer, 'there are too many properties to count.');
    }
    if (min > listed.length + 1) {
      const { keyword, place } = sayer(facts, ['minProperties']);
      this.parts.note(keyword, place, 'several names would have to be made up, and nothing keeps them different.');
    }
    const separator = (count: number) => (count === 0 ? '' : ', ');
    const values = listed.map(({ value }) => this.goal(value));
    const most = counted ? listed.length : Math.min(1, listed.length);
    let behind = Array.from({ length: most + 1 }, (_, count) =>
      this.#tail(entry, count, counted ? { min, max } : { min: 0, max: Infinity }),
    );
    for (let index = listed.length - 1; index >= 0; index--) {
      const { name, required } = listed[index]!;
      const next = behind;
      behind = next.map((without, count) => {
        if (counted && count >= max) return required ? this.#none : without;
        const text = graph.text(`${separator(count)}${JSON.stringify(name)}: `);
        const written = graph.seq(text, values[index]!, next[Math.min(count + 1, most)]!);
        return required ? written : graph.alt(written, without);
      });
    }
    return graph.seq(graph.text('{'), behind[0]!);
  }

  #entry({ entries }: ObjectPart, facts: Facts): NodeId {
    const { graph } = this;
    const nodes = entries.flatMap(({ names, value }) => {
      const name = this.#contents(names, facts);
      return name === this.#none ? [] : [graph.seq(name, graph.text(': '), this.goal(value))];
    });
    return nodes.length === 0 ? this.#none : graph.alt(...nodes);
  }

  /** What follows the listed properties when `count` of them have been written. */
  #tail(entry: NodeId, count: number, { min, max }: { min: number; max: number }): NodeId {
    const { graph } = this;
    const close = graph.text('}');
    const missing = Math.max(0, min - count);
    const room = max - count;
    // Two made-up names could be the same.
    if (missing > 1 || room < missing || (missing === 1 && entry === this.#none)) return this.#none;
    if (entry === this.#none || room === 0) return close;
    const more = graph.seq(graph.text(', '), entry);
    if (count > 0) return graph.seq(graph.repeat(more, missing, room), close);
    const some = graph.seq(entry, graph.repeat(more, 0, room - 1), close);
    return missing === 0 ? graph.alt(close, some) : some;
  }
}

/** Throws `request-invalid` with the keyword and the place that cannot be kept, or that nothing fits. */
export function writeGrammar(document: SchemaDocument): { graph: GrammarGraph; root: NodeId; parts: Parts } {
  const writer = new Writer(document);
  const root = writer.goal([document.root]);
  const { graph, parts } = writer;
  graph.measure();
  const shortest = graph.cost(root);
  if (shortest === Infinity)
    throw parts.impossible ?? unusable('The schema of response_format asks for something without end.');
  if (shortest > MAX_SHORTEST)
    throw unusable(
      `The schema asks for an answer of at least ${shortest} characters. Ask for at most ${MAX_SHORTEST}.`,
    );
  return { graph, root, parts };
}
