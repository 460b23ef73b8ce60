/** A JSON file that `export.ts` wrote, or that somebody made up → conversations, with every field checked on the way. */
import { AppError, ERROR_CODES, type ErrorCode, type Evidence, type WireError } from '../../../contract/errors.ts';
import { newId } from '../../../contract/new-id.ts';
import type { ImageReader } from '../session.ts';
import type { DoneEvent } from '../state.ts';
import { FORMAT } from './export.ts';
import type { AnswerRecord, ConversationRecord, ImageRecord, TurnRecord } from './record.ts';

const MAX_MB = 500;
/** Far more than anybody asks; a crafted file must not fill the page. */
const MOST = { conversations: 10_000, turns: 2000, images: 16, text: 1_000_000 };

export interface Imported {
  record: ConversationRecord;
  images: Map<string, Blob>;
}

type Fields = Record<string, unknown>;

class Unexpected extends Error {}

function object(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unexpected(path);
  return value as Fields;
}

function list(value: unknown, path: string, most: number): unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new Unexpected(path);
  return value;
}

function text(value: unknown, path: string): string {
  if (typeof value !== 'string' || value.length > MOST.text) throw new Unexpected(path);
  return value;
}

function count(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0 || value > 1e15) throw new Unexpected(path);
  return value;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], path: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Unexpected(path);
  return found;
}

function parseDone(value: unknown, path: string): DoneEvent | null {
  if (value === null) return null;
  const { finish_reason, usage, timings } = object(value, path);
  const counts = object(usage, `${path}.usage`);
  const times = object(timings, `${path}.timings`);
  const tokens = (name: string) => count(counts[name], `${path}.usage.${name}`);
  const time = (name: string) => count(times[name], `${path}.timings.${name}`);
  return {
    type: 'done',
    finish_reason: oneOf(finish_reason, ['stop', 'length', 'cancelled'], `${path}.finish_reason`),
    usage: {
      prompt_tokens: tokens('prompt_tokens'),
      cached_tokens: tokens('cached_tokens'),
      completion_tokens: tokens('completion_tokens'),
      ...(counts['dropped_turns'] === undefined ? {} : { dropped_turns: tokens('dropped_turns') }),
    },
    timings: {
      image: time('image'),
      vision: time('vision'),
      prefill: time('prefill'),
      first_token: time('first_token'),
      decode: time('decode'),
    },
  };
}

/** JSON in so many levels of at most 50 entries each; what is more, or is no such data, is left out. */
function plainData(value: unknown, levels: number): unknown {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  if (levels === 0) return undefined;
  if (Array.isArray(value)) return value.slice(0, 50).map((entry: unknown) => plainData(entry, levels - 1) ?? null);
  const entries = Object.entries(value as object).slice(0, 50);
  return Object.fromEntries(
    entries.map(([name, entry]) => [name, plainData(entry, levels - 1)]).filter(([, entry]) => entry !== undefined),
  );
}

/** Reasons of reasons and of the failures in them; what reads evidence trusts none of it. */
const EVIDENCE_LEVELS = 8;

function parseError(value: unknown, path: string): WireError | null {
  if (value === null) return null;
  const { code, message, evidence } = object(value, path);
  return {
    code: oneOf<ErrorCode>(code, ERROR_CODES, `${path}.code`),
    message: text(message, `${path}.message`),
    evidence: plainData(object(evidence, `${path}.evidence`), EVIDENCE_LEVELS) as Evidence,
  };
}

function parseAnswer(value: unknown, path: string): AnswerRecord {
  const { status, text: words, done, error } = object(value, path);
  return {
    status: oneOf(status, ['done', 'stopped', 'failed'], `${path}.status`),
    text: text(words, `${path}.text`),
    done: parseDone(done, `${path}.done`),
    error: parseError(error, `${path}.error`),
  };
}

function decode(data: string, path: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Unexpected(path);
  }
}

/** Reads images with the same checks as files that a person adds, and keeps their bytes under new names. */
class Album {
  readonly images = new Map<string, Blob>();
  readonly #files: Fields;
  readonly #path: string;
  readonly #reader: ImageReader;

  constructor(files: unknown, path: string, reader: ImageReader) {
    this.#files = object(files, path);
    this.#path = path;
    this.#reader = reader;
  }

  async take(value: unknown, path: string): Promise<ImageRecord> {
    const name = text(object(value, path)['id'], `${path}.id`);
    if (!Object.hasOwn(this.#files, name)) throw new Unexpected(`${path}.id`);
    const at = `${this.#path}[${JSON.stringify(name.slice(0, 40))}]`;
    // The longest text is for words; an image may be as large as the file.
    const { data } = object(this.#files[name], at);
    if (typeof data !== 'string') throw new Unexpected(`${at}.data`);
    const bytes = decode(data, `${at}.data`);
    let image: Awaited<ReturnType<ImageReader['read']>>;
    try {
      image = await this.#reader.read(new Blob([bytes]));
    } catch (cause) {
      throw new AppError('image-broken', `${at} is not a picture that can be opened here.`, { path: at }, cause);
    }
    this.#reader.release(image);
    const { id, blob, width, height } = image;
    this.images.set(id, blob);
    return { id, width, height };
  }
}

async function parseConversation(value: unknown, path: string, reader: ImageReader): Promise<Imported> {
  const { version, title, created, updated, turns, files } = object(value, path);
  if (version !== 1) throw new Unexpected(`${path}.version`);
  const album = new Album(files, `${path}.files`, reader);
  const parsed: TurnRecord[] = [];
  for (const [index, turn] of list(turns, `${path}.turns`, MOST.turns).entries()) {
    const at = `${path}.turns[${index}]`;
    const { question, pictures, answer } = object(turn, at);
    const taken: ImageRecord[] = [];
    for (const [place, image] of list(pictures, `${at}.pictures`, MOST.images).entries())
      taken.push(await album.take(image, `${at}.pictures[${place}]`));
    parsed.push({
      question: text(question, `${at}.question`),
      pictures: taken,
      answer: parseAnswer(answer, `${at}.answer`),
    });
  }
  return {
    record: {
      version: 1,
      // A new name, so that nothing that is kept already is overwritten.
      id: newId(),
      title: text(title, `${path}.title`).slice(0, 200),
      created: count(created, `${path}.created`),
      updated: count(updated, `${path}.updated`),
      turns: parsed,
    },
    images: album.images,
  };
}

function parseJson(source: string, file: string): Fields {
  try {
    return object(JSON.parse(source), 'the file');
  } catch (cause) {
    throw new AppError('request-invalid', `${file} is not a JSON file.`, { reason: 'importNotJson', file }, cause);
  }
}

/**
 * All or nothing. Throws `request-invalid` with the name of the file and the place in it that is not as expected.
 */
export async function importConversations(file: File, reader: ImageReader): Promise<Imported[]> {
  const { name } = file;
  const refuse = (reason: string, evidence: Evidence = {}, cause?: unknown) =>
    new AppError('request-invalid', `${name} was not imported.`, { reason, file: name, ...evidence }, cause);
  if (file.size > MAX_MB * 1e6) throw refuse('importTooLarge', { max: MAX_MB });
  const { format, version, conversations } = parseJson(await file.text(), name);
  if (format !== FORMAT) throw refuse('importForeign');
  if (version !== 1) throw refuse('importNewer', { version: String(version).slice(0, 20) });
  try {
    const imported: Imported[] = [];
    for (const [index, entry] of list(conversations, 'conversations', MOST.conversations).entries())
      imported.push(await parseConversation(entry, `conversations[${index}]`, reader));
    return imported;
  } catch (thrown) {
    if (thrown instanceof Unexpected) throw refuse('importBroken', { path: thrown.message }, thrown);
    if (thrown instanceof AppError) throw refuse('importImage', thrown.evidence, thrown);
    throw thrown;
  }
}
