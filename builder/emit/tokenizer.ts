/** Tokenizer files of a checkpoint → the model folder, and the special ids that the prompt needs. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import { readJsonObject } from '../weights/checkpoint.ts';

export interface TokenizerFiles {
  /** Names of the files written; empty when the checkpoint has no tokenizer. */
  files: string[];
  eos: { token: string; id: number } | null;
  bos: { token: string; id: number } | null;
}

function invalid(message: string): AppError {
  return new AppError('model-unsupported', message, { file: 'tokenizer.json' });
}

/** `eos_token` may be a word or an object with its `content`. */
function tokenText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) {
    const content = (value as { content?: unknown }).content;
    if (typeof content === 'string') return content;
  }
  return null;
}

/** The id of a token in tokenizer.json: among the added tokens, else in the vocabulary. */
function tokenId(tokenizer: Record<string, unknown>, token: string): number {
  const added = tokenizer['added_tokens'];
  if (Array.isArray(added))
    for (const entry of added as { content?: unknown; id?: unknown }[])
      if (entry?.content === token && Number.isSafeInteger(entry.id)) return entry.id as number;
  const vocab = (tokenizer['model'] as { vocab?: unknown } | undefined)?.vocab;
  if (typeof vocab === 'object' && vocab !== null && Object.hasOwn(vocab, token)) {
    const id = (vocab as Record<string, unknown>)[token];
    if (Number.isSafeInteger(id)) return id as number;
  }
  throw invalid(`tokenizer.json has no id for the token ${token}, which tokenizer_config.json names.`);
}

/**
 * Copies the two tokenizer files.
 * The end of an answer is the tokenizer's own eos token: `eos_token_id` of published configs is wrong (2, not 50256).
 * @param required false lets a checkpoint without a tokenizer pass; such a model can be tested but not asked
 */
export async function emitTokenizer(
  from: string,
  to: string,
  vocabSize: number,
  required: boolean,
): Promise<TokenizerFiles> {
  const tokenizer = await readJsonObject(join(from, 'tokenizer.json'));
  const config = await readJsonObject(join(from, 'tokenizer_config.json'));
  if (!tokenizer || !config) {
    if (!required) return { files: [], eos: null, bos: null };
    throw invalid(
      `${from} has no tokenizer.json and tokenizer_config.json; a fast tokenizer is needed. Save one there.`,
    );
  }
  const special = (name: string): { token: string; id: number } | null => {
    const token = tokenText(config[name]);
    if (token === null) return null;
    const id = tokenId(tokenizer, token);
    if (id < 0 || id >= vocabSize) throw invalid(`The token ${token} has id ${id}; the model knows ${vocabSize} ids.`);
    return { token, id };
  };
  const eos = special('eos_token');
  if (!eos) throw invalid('tokenizer_config.json names no eos_token, so an answer would never end.');
  await writeFile(join(to, 'tokenizer.json'), JSON.stringify(tokenizer));
  await writeFile(join(to, 'tokenizer_config.json'), JSON.stringify(config));
  const bos = config['add_bos_token'] === true ? special('bos_token') : null;
  return { files: ['tokenizer.json', 'tokenizer_config.json'], eos, bos };
}
