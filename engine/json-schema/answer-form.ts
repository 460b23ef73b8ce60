/** A JSON schema → the form of an answer: what may come next, what completes it, and whether a finished one fits. */
import { AppError } from '../../contract/errors.ts';
import { SchemaDocument } from './document.ts';
import { Checker, type Misfit } from './fits.ts';
import { type GrammarGraph, type NodeId } from './grammar-graph.ts';
import type { Json } from './keywords.ts';
import { Reader } from './reader.ts';
import { unusable } from './refusal.ts';
import { writeGrammar } from './write.ts';

export class AnswerForm {
  readonly #document: SchemaDocument;
  readonly #graph: GrammarGraph;
  readonly #root: NodeId;

  /** `schema` as parsed from JSON. Throws `request-invalid`, with the keyword and its place, for what cannot be kept. */
  constructor(schema: Json) {
    try {
      this.#document = new SchemaDocument(schema);
      const { graph, root } = writeGrammar(this.#document);
      this.#graph = graph;
      this.#root = root;
    } catch (thrown) {
      if (thrown instanceof RangeError) throw unusable('The schema nests too deep. Make it flatter.');
      throw thrown;
    }
  }

  reader(): Reader {
    return new Reader(this.#graph, this.#root);
  }

  /**
   * What `text`, the beginning of an answer, lacks to be a whole one, in as few bytes as possible; empty when it is
   * whole. Throws `backend-failed` when it is no beginning of one.
   */
  closing(text: string): string {
    const reader = this.reader();
    let position = reader.start;
    for (const byte of new TextEncoder().encode(text)) {
      position = reader.step(position, byte);
      if (position === 0) throw new AppError('backend-failed', 'The answer left the form it was asked to have.');
    }
    return new TextDecoder().decode(new Uint8Array(reader.completion(position)));
  }

  /** Null when `text` is JSON that fits the schema. */
  misfit(text: string): Misfit | null {
    let value: Json;
    try {
      value = JSON.parse(text) as Json;
    } catch {
      return { keyword: 'JSON', pointer: '' };
    }
    return new Checker(this.#document).check(value, this.#document.root);
  }

  /** Throws `backend-failed` unless `text` is JSON that fits the schema. */
  check(text: string): void {
    const misfit = this.misfit(text);
    if (!misfit) return;
    const { keyword, pointer } = misfit;
    const message = `The answer does not fit its schema: it breaks ${keyword} at #${pointer}. Ask again, or make the schema simpler.`;
    throw new AppError('backend-failed', message, { reason: 'form-broken', keyword, place: `#${pointer}` });
  }
}
