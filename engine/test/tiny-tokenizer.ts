/** A byte-level BPE tokenizer small enough to read: 256 bytes, a few merges, special tokens. */
import { createTokenizer, type Tokenizer } from '../preprocessor/tokenizer.ts';

export const EOS = '<|endoftext|>';

/** GPT-2's printable stand-in for each byte. */
function byteCharacters(): string[] {
  const printable = (b: number) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, b) => String.fromCodePoint(printable(b) ? b : next++));
}

export interface TinyTokenizerFiles {
  tokenizerJson: Uint8Array<ArrayBuffer>;
  tokenizerConfig: Uint8Array<ArrayBuffer>;
}

export function tinyTokenizerFiles(specials: string[] = [EOS]): TinyTokenizerFiles {
  const space = '\u0120';
  const merges = [
    `${space} r`,
    'e d',
    `${space}r ed`,
    'U S',
    'E R',
    'US ER',
    `${space} A`,
    'h e',
    `${space} t`,
    `${space}t he`,
  ];
  const vocab: Record<string, number> = {};
  for (const symbol of [...byteCharacters(), ...merges.map((merge) => merge.replace(' ', ''))]) {
    vocab[symbol] ??= Object.keys(vocab).length;
  }
  const added_tokens = specials.map((content) => {
    vocab[content] ??= Object.keys(vocab).length;
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
    return { id: vocab[content], content, ...flags };
  });
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const tokenizer = {
    version: '1.0',
    added_tokens,
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: byteLevel,
    decoder: byteLevel,
    model: { type: 'BPE', vocab, merges, unk_token: null, byte_fallback: false, fuse_unk: false },
  };
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)) as Uint8Array<ArrayBuffer>;
  return { tokenizerJson: bytes(tokenizer), tokenizerConfig: bytes({ eos_token: specials[0] ?? null }) };
}

export function tinyTokenizer(specials?: string[]): Tokenizer {
  const { tokenizerJson, tokenizerConfig } = tinyTokenizerFiles(specials);
  return createTokenizer(tokenizerJson, tokenizerConfig);
}
