/** A vocabulary → its tokens as sorted bytes; with a position in a grammar, the tokens that may come next. */
import type { Vocabulary } from '../grammar.ts';
import type { PositionId, Reader } from './reader.ts';

/** GPT-2's printable stand-in for each byte → the byte. */
function byteLevelAlphabet(): Map<string, number> {
  const isPrintable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(isPrintable(byte) ? byte : next++), byte]),
  );
}

/** The bytes of each token; none for ids that stand for no text. */
export function tokenBytes({ tokens, encoding }: Pick<Vocabulary, 'tokens' | 'encoding'>): number[][] {
  const encoder = new TextEncoder();
  if (encoding === 'byte-level') {
    const alphabet = byteLevelAlphabet();
    return tokens.map((token) =>
      Array.from(token).flatMap((character) => alphabet.get(character) ?? [...encoder.encode(character)]),
    );
  }
  return tokens.map((token) => {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
    return byte === undefined ? [...encoder.encode(token.replaceAll('▁', ' '))] : [Number.parseInt(byte, 16)];
  });
}

function compareBytes(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length && index < b.length; index++)
    if (a[index] !== b[index]) return a[index]! - b[index]!;
  return a.length - b.length;
}

/** The tokens of one model in the order of their bytes, so that what they share at the beginning is read once. */
export class TokenTable {
  readonly bytes: readonly (readonly number[])[];
  readonly stopIds: readonly number[];
  readonly #sorted: readonly number[];
  /** How many first bytes each sorted token shares with the one before it. */
  readonly #shared: readonly number[];

  constructor(vocabulary: Vocabulary) {
    const bytes = tokenBytes(vocabulary);
    const stops = new Set(vocabulary.stopIds);
    const ids = bytes.flatMap((token, id) => (token.length > 0 && !stops.has(id) ? [id] : []));
    ids.sort((a, b) => compareBytes(bytes[a]!, bytes[b]!));
    this.bytes = bytes;
    this.stopIds = vocabulary.stopIds;
    this.#sorted = ids;
    this.#shared = ids.map((id, index) => {
      const before = index === 0 ? [] : bytes[ids[index - 1]!]!;
      const differs = bytes[id]!.findIndex((byte, at) => byte !== before[at]);
      return differs < 0 ? bytes[id]!.length : differs;
    });
  }

  /** Id i is bit i % 32 of word i / 32. */
  allowed(reader: Reader, position: PositionId): Int32Array {
    const bits = new Int32Array(Math.ceil(this.bytes.length / 32));
    const path: PositionId[] = [position];
    /** How many bytes of the token before were read; one more led nowhere when it had more. */
    let read = 0;
    let isStuck = false;
    for (let index = 0; index < this.#sorted.length; index++) {
      const id = this.#sorted[index]!;
      const shared = this.#shared[index]!;
      if (isStuck && shared > read) continue;
      const token = this.bytes[id]!;
      read = Math.min(read, shared);
      isStuck = false;
      while (read < token.length && !isStuck) {
        const next = reader.step(path[read]!, token[read]!);
        if (next === 0) isStuck = true;
        else path[++read] = next;
      }
      if (!isStuck) bits[id >> 5]! |= 1 << (id & 31);
    }
    if (reader.isWhole(position)) for (const id of this.stopIds) bits[id >> 5]! |= 1 << (id & 31);
    return bits;
  }
}
