/** A small byte-level BPE tokenizer in Hugging Face's format: every byte, some words, one special token. */

export const END_OF_TEXT = '<|endoftext|>';

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

/** tokenizer.json and tokenizer_config.json as objects; `vocabSize` ids, the end of text being the last. */
export function tinyTokenizer(): { tokenizer: object; config: object; vocabSize: number } {
  const characters = byteCharacters();
  const { merges, pieces } = learn(WORDS, characters);
  const vocab = Object.fromEntries([...characters, ...pieces].map((piece, id) => [piece, id]));
  const end = Object.keys(vocab).length;
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [
      {
        id: end,
        content: END_OF_TEXT,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      },
    ],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: { ...vocab, [END_OF_TEXT]: end },
      merges,
    },
  };
  const special = { bos_token: END_OF_TEXT, eos_token: END_OF_TEXT, unk_token: END_OF_TEXT };
  const config = { tokenizer_class: 'GPT2Tokenizer', model_max_length: 1024, add_prefix_space: false, ...special };
  return { tokenizer, config, vocabSize: end + 1 };
}
