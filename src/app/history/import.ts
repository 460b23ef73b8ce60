/** A JSON file that `export.ts` wrote, or that somebody made up → conversations, with every field checked on the way. */
import { AppError, ERROR_CODES, type Evidence, type WireError } from '../../../contract/errors.ts';
import { Field, fieldsOf } from '../../../contract/fields.ts';
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

class Unexpected extends Error {}

const at = (value: unknown, path: string): Field => new Field(value, path, (where) => new Unexpected(where));
const text = (field: Field): string => field.text(0, MOST.text);
const count = (field: Field): number => field.real(0, 1e15);

function parseDone(done: Field): DoneEvent {
  const read = done.pick({
    finish_reason: (field) => field.oneOf(['stop', 'length', 'cancelled']),
    usage: (field) =>
      field.pick({ prompt_tokens: count, cached_tokens: count, completion_tokens: count }, { dropped_turns: count }),
    timings: (field) => field.pick({ image: count, vision: count, prefill: count, first_token: count, decode: count }),
  });
  return { type: 'done', ...read };
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

function parseError(error: Field): WireError {
  const evidence = plainData(error.get('evidence').record(), EVIDENCE_LEVELS) as Evidence;
  return { code: error.get('code').oneOf(ERROR_CODES), message: text(error.get('message')), evidence };
}

function parseAnswer(answer: Field): AnswerRecord {
  return answer.pick({
    status: (field) => field.oneOf(['done', 'stopped', 'failed']),
    text,
    done: (field) => field.orNull(parseDone),
    error: (field) => field.orNull(parseError),
  });
}

function decode(data: Field): Uint8Array<ArrayBuffer> {
  // The longest text is for words; an image may be as large as the file.
  const base64 = data.text(0, Infinity);
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return data.fail('must be base64');
  }
}

/** Reads images with the same checks as files that a person adds, and keeps their bytes under new names. */
class Album {
  readonly images = new Map<string, Blob>();
  readonly #files: Field;
  readonly #reader: ImageReader;

  constructor(files: Field, reader: ImageReader) {
    this.#files = files;
    this.#reader = reader;
  }

  async take(entry: Field): Promise<ImageRecord> {
    const name = text(entry.get('id'));
    const files = this.#files.record();
    if (!Object.hasOwn(files, name)) entry.get('id').fail('names no file');
    const place = `${this.#files.path}[${JSON.stringify(name.slice(0, 40))}]`;
    const bytes = decode(at(files[name], place).get('data'));
    let image: Awaited<ReturnType<ImageReader['read']>>;
    try {
      image = await this.#reader.read(new Blob([bytes]));
    } catch (cause) {
      throw new AppError('image-broken', `${place} is not a picture that can be opened here.`, { path: place }, cause);
    }
    this.#reader.release(image);
    const { id, blob, width, height } = image;
    this.images.set(id, blob);
    return { id, width, height };
  }
}

async function parseConversation(conversation: Field, reader: ImageReader): Promise<Imported> {
  conversation.get('version').oneOf([1]);
  const album = new Album(conversation.get('files'), reader);
  const turns: TurnRecord[] = [];
  for (const turn of conversation.get('turns').list(MOST.turns)) {
    const pictures: ImageRecord[] = [];
    for (const image of turn.get('pictures').list(MOST.images)) pictures.push(await album.take(image));
    turns.push({ question: text(turn.get('question')), pictures, answer: parseAnswer(turn.get('answer')) });
  }
  return {
    record: {
      version: 1,
      // A new name, so that nothing that is kept already is overwritten.
      id: newId(),
      title: text(conversation.get('title')).slice(0, 200),
      created: count(conversation.get('created')),
      updated: count(conversation.get('updated')),
      turns,
    },
    images: album.images,
  };
}

function parseJson(source: string, file: string): Field {
  try {
    const whole = at(JSON.parse(source), '');
    whole.record();
    return whole;
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
  const whole = parseJson(await file.text(), name);
  const { format, version } = fieldsOf(whole.value);
  if (format !== FORMAT) throw refuse('importForeign');
  if (version !== 1) throw refuse('importNewer', { version: String(version).slice(0, 20) });
  try {
    const imported: Imported[] = [];
    for (const conversation of whole.get('conversations').list(MOST.conversations))
      imported.push(await parseConversation(conversation, reader));
    return imported;
  } catch (thrown) {
    if (thrown instanceof Unexpected) throw refuse('importBroken', { path: thrown.message }, thrown);
    if (thrown instanceof AppError) throw refuse('importImage', thrown.evidence, thrown);
    throw thrown;
  }
}
