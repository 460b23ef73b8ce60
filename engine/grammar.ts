/** A tokenizer → the tokens as the form of an answer has to know them; bits of allowed tokens → masked logits. */
import type { ModelManifest } from '../contract/manifest.ts';
import type { Tokenizer } from './preprocessor/tokenizer.ts';

/** The tokens of a model, as the form of an answer has to know them. */
export interface Vocabulary {
  /** By id, as written in tokenizer.json; empty for ids that stand for no text (special tokens, unused rows). */
  tokens: readonly string[];
  /** How `tokens` spell bytes: GPT-2's printable stand-ins, or SentencePiece's `▁` and `<0x0A>`. */
  encoding: 'byte-level' | 'byte-fallback';
  stopIds: readonly number[];
}

/** Whether `id` is set in the bits of `AnswerConstraint.allowed`. */
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
