/** What the engine needs of a grammar library; runtime/json-grammar.ts is the one that ships, tests bring their own. */
import type { ModelManifest } from '../contract/manifest.ts';
import type { Tokenizer } from './preprocessor/tokenizer.ts';

/** The tokens of a model, as a grammar has to know them. */
export interface Vocabulary {
  /** By id, as written in tokenizer.json; empty for ids that stand for no text (special tokens, unused rows). */
  tokens: readonly string[];
  /** How `tokens` spell bytes: GPT-2's printable stand-ins, or SentencePiece's `▁` and `<0x0A>`. */
  encoding: 'byte-level' | 'byte-fallback';
  stopIds: readonly number[];
}

/** The state of one constrained answer. */
export interface Constraint {
  /** Which ids may come next: id i is bit i % 32 of word i / 32. A stop id is allowed once the answer is whole. */
  allowed(): Promise<Int32Array>;
  /** Moves on by an allowed id. */
  accept(id: number): Promise<void>;
  /** What `text`, the beginning of an answer, lacks to be a whole one, in few characters; empty when it is whole. */
  closing(text: string): Promise<string>;
  dispose(): void;
}

/** Makes constraints for one model. */
export interface Grammar {
  /** `schema` is a JSON schema as text. Throws `request-invalid` when it cannot be used. */
  constrain(schema: string, vocabulary: Vocabulary): Promise<Constraint>;
}

/** Whether `id` is set in the bits of `Constraint.allowed`. */
export function isAllowed(bits: Int32Array, id: number): boolean {
  return ((bits[id >> 5] ?? 0) & (1 << (id & 31))) !== 0;
}

/** Forbids what is not allowed, in place. */
export function maskLogits(logits: Float32Array, bits: Int32Array): void {
  for (let id = 0; id < logits.length; id++) if (!isAllowed(bits, id)) logits[id] = Number.NEGATIVE_INFINITY;
}

/** The vocabulary of a model: as many entries as there are logits. */
export function toVocabulary(tokenizer: Tokenizer, { architecture, prompt }: ModelManifest): Vocabulary {
  const { tokens, encoding } = tokenizer.pieces();
  const padded = Array.from({ length: architecture.vocab_size }, (_, id) => tokens[id] ?? '');
  return { tokens: padded, encoding, stopIds: prompt.stop_ids };
}
