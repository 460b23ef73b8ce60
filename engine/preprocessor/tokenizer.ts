/** tokenizer.json → text to ids and back, with a person's text kept apart from special tokens. */
import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { AppError } from '../../contract/errors.ts';

export interface Tokenizer {
  /** Ids of plain text. Special tokens spelled out in it are ordinary characters and never get their ids. */
  encode(text: string): number[];
  /** Text of ids; special tokens give nothing, bytes that are no whole character give U+FFFD. */
  decode(ids: readonly number[]): string;
  /** Splits trusted template text at special tokens: strings are plain text, numbers special ids. */
  splitSpecial(text: string): (string | number)[];
  readonly vocabSize: number;
  /** Every id's token as written in tokenizer.json, empty for added tokens, and how the others spell bytes. */
  pieces(): { tokens: string[]; encoding: 'byte-level' | 'byte-fallback' };
}

interface AddedToken {
  id: number;
  content: string;
  special?: boolean;
}

interface TokenizerJson {
  added_tokens: AddedToken[];
  decoder?: { type?: string; decoders?: { type?: string }[] } | null;
  model: { vocab?: Record<string, number> | unknown[]; unk_token?: string | null };
}

function parse(bytes: Uint8Array, path: string): TokenizerJson {
  try {
    const json = JSON.parse(new TextDecoder().decode(bytes)) as TokenizerJson;
    json.added_tokens ??= [];
    return json;
  } catch (cause) {
    throw new AppError('manifest-invalid', `${path} of the model is not JSON.`, { path }, cause);
  }
}

/** The same tokenizer without its special tokens: typed `<|endoftext|>` then falls apart into ordinary pieces. */
function withoutSpecials(json: TokenizerJson): TokenizerJson {
  const specials = new Set(json.added_tokens.filter((token) => token.special).map((token) => token.content));
  specials.delete(json.model.unk_token ?? '');
  const { vocab } = json.model;
  const plainVocab =
    vocab && !Array.isArray(vocab)
      ? Object.fromEntries(Object.entries(vocab).filter(([key]) => !specials.has(key)))
      : vocab;
  return {
    ...json,
    added_tokens: json.added_tokens.filter((token) => !specials.has(token.content)),
    model: { ...json.model, ...(plainVocab ? { vocab: plainVocab } : {}) },
  };
}

function usesByteLevel({ decoder }: TokenizerJson): boolean {
  return [decoder, ...(decoder?.decoders ?? [])].some((step) => step?.type === 'ByteLevel');
}

/** Builds a tokenizer from the two files of a model. Throws `manifest-invalid`. */
export function createTokenizer(tokenizerJson: Uint8Array, tokenizerConfig: Uint8Array): Tokenizer {
  const json = parse(tokenizerJson, 'tokenizer.json');
  const config = parse(tokenizerConfig, 'tokenizer_config.json');
  let full: HfTokenizer;
  let plain: HfTokenizer;
  try {
    full = new HfTokenizer(json, config);
    plain = new HfTokenizer(withoutSpecials(json), config);
  } catch (cause) {
    throw new AppError('manifest-invalid', 'tokenizer.json of the model cannot be used.', {}, cause);
  }
  const specials = json.added_tokens.filter((token) => token.special);
  const specialIds = new Set(specials.map((token) => token.id));
  // Longest first, so that a token which begins like another one wins.
  const spellings = [...specials].sort((a, b) => b.content.length - a.content.length);

  const splitSpecial = (text: string): (string | number)[] => {
    if (text === '') return [];
    let at = text.length;
    let found: AddedToken | undefined;
    for (const token of spellings) {
      const index = text.indexOf(token.content);
      if (index >= 0 && index < at) {
        at = index;
        found = token;
      }
    }
    if (!found) return [text];
    const rest = splitSpecial(text.slice(at + found.content.length));
    return at > 0 ? [text.slice(0, at), found.id, ...rest] : [found.id, ...rest];
  };

  return {
    encode: (text) => (text === '' ? [] : plain.encode(text, { add_special_tokens: false }).ids),
    decode: (ids) => {
      // A head may have more rows than the tokenizer has entries; those ids stand for nothing.
      const shown = ids.filter((id) => !specialIds.has(id) && full.id_to_token(id) !== undefined);
      return shown.length === 0 ? '' : full.decode(shown, { clean_up_tokenization_spaces: false });
    },
    splitSpecial,
    vocabSize: full.get_vocab().size,
    pieces: () => {
      const added = new Set(json.added_tokens.map((token) => token.id));
      const tokens = Array.from({ length: full.get_vocab().size }, (_, id) =>
        added.has(id) ? '' : (full.id_to_token(id) ?? ''),
      );
      return { tokens, encoding: usesByteLevel(json) ? 'byte-level' : 'byte-fallback' };
    },
  };
}
