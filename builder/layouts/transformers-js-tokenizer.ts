/** Tokenizer files → the same with a token for a row of a picture, which the library replaces by the picture. */
import type { Sink } from '../../contract/files.ts';
import type { PromptTemplate } from '../../contract/manifest.ts';
import { writeText } from '../emit/text-file.ts';
import { templateStart, type TokenizerFiles } from '../emit/tokenizer.ts';
import { readJsonObject } from '../weights/checkpoint.ts';

export interface ImageToken {
  id: number;
  content: string;
  /** Text that a prompt has to begin with; empty where the tokenizer adds the beginning by itself. */
  bos: string;
}

interface AddedToken {
  id: number;
  content: string;
}

interface TokenizerJson {
  added_tokens?: AddedToken[];
  post_processor?: unknown;
}

/** Adds the token to the tokenizer.json that is written; its id is the first beyond the vocabulary unless it has one already. */
export async function addImageToken(
  sink: Sink,
  { files, bos }: TokenizerFiles,
  { image_marker: content }: PromptTemplate,
  vocabSize: number,
): Promise<ImageToken> {
  if (files.length === 0) return { id: vocabSize, content, bos: '' };
  const tokenizer: TokenizerJson = (await readJsonObject(sink.written, 'tokenizer.json')) ?? {};
  const added = tokenizer.added_tokens ?? [];
  const beginning = bos === null || templateStart(tokenizer.post_processor) !== null ? '' : bos.token;
  const known = added.find((token) => token.content === content);
  if (known) return { id: known.id, content, bos: beginning };
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const token = { id: vocabSize, content, ...flags };
  await writeText(sink, 'tokenizer.json', JSON.stringify({ ...tokenizer, added_tokens: [...added, token] }));
  return { id: vocabSize, content, bos: beginning };
}
