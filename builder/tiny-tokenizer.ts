/** A small byte-level BPE tokenizer in Hugging Face's format: every byte, some words, a family's special tokens. */
import type { LanguageKind } from './synthetic/shape.ts';

interface Specials {
  /** In the order of their ids, behind all other ids. */
  tokens: readonly string[];
  bos: string | null;
  eos: string;
  /** Whether a text begins with `bos`, which tokenizer.json says in its post_processor. */
  begins: boolean;
}

const END_OF_TEXT: Specials = {
  tokens: ['<|endoftext|>'],
  bos: '<|endoftext|>',
  eos: '<|endoftext|>',
  begins: false,
};
const VICUNA: Specials = { tokens: ['<s>', '</s>', '<image>', '<pad>'], bos: '<s>', eos: '</s>', begins: true };
const CHATML: Specials = {
  tokens: ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<image>'],
  bos: null,
  eos: '<|im_end|>',
  begins: false,
};
const SPECIALS: Readonly<Record<LanguageKind, Specials>> = {
  phi: END_OF_TEXT,
  'phi-fused': END_OF_TEXT,
  gemma: END_OF_TEXT,
  llama: VICUNA,
  qwen2: CHATML,
};

/** Words that become one token, with the space in front where they have one. */
const WORDS = [
  ' the',
  ' is',
  ' a',
  ' red',
  ' blue',
  ' color',
  ' USER',
  ' ASSISTANT',
  'What',
  ' picture',
  ' yes',
  ' no',
];

/** GPT-2's printable stand-ins for bytes. */
function byteCharacters(): string[] {
  const printable = (b: number): boolean => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

function learn(words: readonly string[], characters: readonly string[]): { merges: string[]; pieces: string[] } {
  const merges = new Set<string>();
  const pieces = new Set<string>();
  for (const word of words) {
    const symbols = [...new TextEncoder().encode(word)].map((byte) => characters[byte] as string);
    let left = symbols[0] as string;
    for (const right of symbols.slice(1)) {
      merges.add(`${left} ${right}`);
      left += right;
      pieces.add(left);
    }
  }
  return { merges: [...merges], pieces: [...pieces] };
}

/** What puts `<s>` in front of a text. */
function beginsWith(token: string, id: number): object {
  const sequence = { Sequence: { id: 'A', type_id: 0 } };
  const single = [{ SpecialToken: { id: token, type_id: 0 } }, sequence];
  const special_tokens = { [token]: { id: token, ids: [id], tokens: [token] } };
  return { type: 'TemplateProcessing', single, pair: [...single, sequence], special_tokens };
}

/** tokenizer.json and tokenizer_config.json as objects; `vocabSize` ids, the special tokens being the last. */
export function tinyTokenizer(kind: LanguageKind): { tokenizer: object; config: object; vocabSize: number } {
  const { tokens, bos, eos, begins } = SPECIALS[kind];
  const characters = byteCharacters();
  const { merges, pieces } = learn(WORDS, characters);
  const vocab = Object.fromEntries([...characters, ...pieces, ...tokens].map((piece, id) => [piece, id]));
  const vocabSize = Object.keys(vocab).length;
  const first = vocabSize - tokens.length;
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const added = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: tokens.map((content, i) => ({ id: first + i, content, ...added })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: bos !== null && begins ? beginsWith(bos, vocab[bos] as number) : null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab,
      merges,
    },
  };
  const special = { ...(bos === null ? {} : { bos_token: bos }), eos_token: eos, unk_token: tokens[0] };
  const config = { tokenizer_class: 'GPT2Tokenizer', model_max_length: 1024, add_prefix_space: false, ...special };
  return { tokenizer, config, vocabSize };
}
