/** Tokenizer files of a checkpoint → the model folder, and the special ids that the prompt needs. */
import { AppError } from '../../contract/errors.ts';
import type { Sink, Source } from '../../contract/files.ts';
import { readJsonObject } from '../weights/checkpoint.ts';
import { writeText } from './text-file.ts';

export interface TokenizerFiles {
  /** Names of the files written; empty when the checkpoint has no tokenizer. */
  files: string[];
  eos: { token: string; id: number } | null;
  /** What every prompt begins with; null where the tokenizer puts nothing there. */
  bos: { token: string; id: number } | null;
  /** The id of a token that the model must know. Throws `model-unsupported`. */
  idOf: (token: string) => number;
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
  throw invalid(`tokenizer.json has no id for the token ${token.slice(0, 200)}, which the model needs.`);
}

interface PostProcessor {
  type?: unknown;
  /** Steps of a `Sequence`. */
  processors?: unknown;
  /** What stands around one text in a `TemplateProcessing`. */
  single?: unknown;
}

/** The token that the tokenizer puts before every text, from tokenizer.json's post_processor. */
export function templateStart(postProcessor: unknown): string | null {
  const outer = postProcessor as PostProcessor | null | undefined;
  const steps: unknown[] = Array.isArray(outer?.processors) ? outer.processors : [outer];
  const template = (steps as (PostProcessor | null | undefined)[]).find((step) => step?.type === 'TemplateProcessing');
  const [first] = Array.isArray(template?.single) ? (template.single as { SpecialToken?: { id?: unknown } }[]) : [];
  const token = first?.SpecialToken?.id;
  return typeof token === 'string' ? token : null;
}

/** Ids from the vocabulary's size on stand for rows of a picture, so text must never get one. */
function checkIds(tokenizer: Record<string, unknown>, vocabSize: number): void {
  const added = (Array.isArray(tokenizer['added_tokens']) ? tokenizer['added_tokens'] : []) as {
    content?: unknown;
    id?: unknown;
    special?: unknown;
  }[];
  const special = new Set(added.filter((entry) => entry?.special === true).map((entry) => entry.content));
  const vocab = (tokenizer['model'] as { vocab?: unknown } | undefined)?.vocab;
  const entries: [unknown, unknown][] = added.map((entry) => [entry?.content, entry?.id]);
  if (Array.isArray(vocab)) entries.push([undefined, vocab.length - 1]);
  else if (typeof vocab === 'object' && vocab !== null) for (const entry of Object.entries(vocab)) entries.push(entry);
  for (const [token, id] of entries)
    if (!special.has(token) && typeof id === 'number' && id >= vocabSize)
      throw invalid(`tokenizer.json has ids up to ${id}; the model knows ${vocabSize}. Use the model's own tokenizer.`);
}

/**
 * Copies the two tokenizer files.
 * The end of an answer is the tokenizer's own eos token: `eos_token_id` of published configs is wrong (2, not 50256).
 * @param required false lets a checkpoint without a tokenizer pass; such a model can be tested but not asked
 */
export async function emitTokenizer(
  from: Source,
  to: Sink,
  vocabSize: number,
  required: boolean,
): Promise<TokenizerFiles> {
  const tokenizer = await readJsonObject(from, 'tokenizer.json');
  const config = await readJsonObject(from, 'tokenizer_config.json');
  if (!tokenizer || !config) {
    if (!required) return { files: [], eos: null, bos: null, idOf: (token) => tokenId({}, token) };
    throw invalid(
      `${from.name} has no tokenizer.json and tokenizer_config.json; a fast tokenizer is needed. Save one there.`,
    );
  }
  checkIds(tokenizer, vocabSize);
  const idOf = (token: string): number => {
    const id = tokenId(tokenizer, token);
    if (id < 0 || id >= vocabSize) throw invalid(`The token ${token} has id ${id}; the model knows ${vocabSize} ids.`);
    return id;
  };
  const known = (token: string | null) => (token === null ? null : { token, id: idOf(token) });
  const eos = known(tokenText(config['eos_token']));
  if (!eos) throw invalid('tokenizer_config.json names no eos_token, so an answer would never end.');
  const adds = config['add_bos_token'];
  const start = adds === true ? tokenText(config['bos_token']) : templateStart(tokenizer['post_processor']);
  const bos = adds === false ? null : known(start);
  await writeText(to, 'tokenizer.json', JSON.stringify(tokenizer));
  await writeText(to, 'tokenizer_config.json', JSON.stringify(config));
  return { files: ['tokenizer.json', 'tokenizer_config.json'], eos, bos, idOf };
}
