/** The parameters of a chat completion, from anywhere → a checked ChatRequest. */
import type { ChatRequest, Message, Part } from '../../../contract/chat.ts';
import { invalid } from './api-error.ts';
import { answerable } from './conversation.ts';
import { dataUrlToBlob, type FetchImage } from './image-url.ts';
import { PARAMETERS } from './params.ts';
import { readResponseFormat } from './response-format.ts';

export interface ReadRequest {
  request: ChatRequest;
  stream: boolean;
  /** Whether a stream ends with a chunk of token counts. */
  includeUsage: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const ROLES: Readonly<Record<string, Message['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};
const MAX_MESSAGES = 1000;
/** Far more than any context holds; keeps a stray file from being tokenised for minutes. */
const MAX_TEXT = 1_000_000;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of the object itself; null, as OpenAI's clients send it, counts as absent. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined;
}

/** A parameter that says nothing may have any name; all others have to be known. */
function refuseUnknown(params: Fields): void {
  for (const name of Object.keys(params)) {
    const value = own(params, name);
    if (value === undefined) continue;
    const treatment = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (treatment === undefined)
      throw invalid(name.slice(0, 100), `"${name.slice(0, 100)}" is not known here. Leave it out.`);
    if (typeof treatment === 'string' || treatment(value)) continue;
    throw invalid(name, `${name} is not supported here: it would change the answer in a way this model cannot.`);
  }
}

function numberField(
  params: Fields,
  name: string,
  isFine: (value: number) => boolean,
  hint: string,
): Record<string, number> {
  const value = own(params, name);
  if (value === undefined) return {};
  if (typeof value !== 'number' || !isFine(value)) throw invalid(name, `${name} has to be ${hint}.`);
  return { [name]: value };
}

const isCount = (value: number) => Number.isInteger(value) && value >= 1;

/** Servers write "all tokens" as 0 or as -1. */
function readTopK(params: Fields): { top_k?: number } {
  const hint = 'a whole number from 1 on, or 0 or -1 for all';
  const { top_k } = numberField(params, 'top_k', (value) => Number.isInteger(value) && value >= -1, hint);
  return top_k === undefined ? {} : { top_k: Math.max(0, top_k) };
}

function readAdapter(params: Fields): { adapter?: string } {
  const adapter = own(params, 'adapter');
  if (adapter === undefined) return {};
  if (typeof adapter !== 'string' || adapter === '' || adapter.length > 100)
    throw invalid('adapter', 'adapter has to be the id of an adapter of the model.');
  return { adapter };
}

function readStop(params: Fields): { stop?: string[] } {
  const value = own(params, 'stop');
  if (value === undefined) return {};
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const fine = (text: unknown): text is string => typeof text === 'string' && text !== '' && text.length <= 1000;
  if (list.length > 16 || !list.every(fine)) throw invalid('stop', 'stop has to be a text or up to 16 texts.');
  return { stop: list };
}

async function readPart(part: unknown, role: string, param: string, fetchImage: FetchImage, signal?: AbortSignal) {
  const type = isRecord(part) ? own(part, 'type') : undefined;
  if (isRecord(part) && type === 'text') {
    const text = own(part, 'text');
    if (typeof text !== 'string') throw invalid(`${param}.text`, 'A text part has to have a text.');
    return { type: 'text', text } satisfies Part;
  }
  const refusal = isRecord(part) && type === 'refusal' && role === 'assistant' ? own(part, 'refusal') : undefined;
  if (typeof refusal === 'string') return { type: 'text', text: refusal } satisfies Part;
  if (!isRecord(part) || type !== 'image_url')
    throw invalid(`${param}.type`, 'A part has to be of type "text" or "image_url".');
  if (role !== 'user') throw invalid(param, 'Only messages of the user can show pictures.');
  const source = own(part, 'image_url');
  const url = isRecord(source) ? own(source, 'url') : undefined;
  if (typeof url !== 'string') throw invalid(`${param}.image_url`, 'An image_url part has to be { url: "data:…" }.');
  const place = `${param}.image_url.url`;
  const isData = /^\s*data:/i.test(url.slice(0, 64));
  const image = isData ? dataUrlToBlob(url.trimStart(), place) : await fetchImage(url, place, signal);
  return { type: 'image', image } satisfies Part;
}

async function readMessage(
  value: unknown,
  param: string,
  fetchImage: FetchImage,
  signal?: AbortSignal,
): Promise<Message> {
  if (!isRecord(value)) throw invalid(param, 'A message has to be an object with role and content.');
  const role = own(value, 'role');
  const known = typeof role === 'string' && Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  if (known === undefined) throw invalid(`${param}.role`, 'The role has to be system, developer, user or assistant.');
  // Null or absent: what a model declined, what it only called tools for, or a turn in which nothing was said.
  const body = own(value, 'content') ?? (known === 'assistant' ? own(value, 'refusal') : undefined) ?? '';
  if (known === 'assistant' && Array.isArray(body) && body.length === 0) return { role: known, content: [] };
  if (typeof body === 'string') return { role: known, content: [{ type: 'text', text: body }] } satisfies Message;
  if (!Array.isArray(body) || body.length === 0 || body.length > MAX_MESSAGES)
    throw invalid(`${param}.content`, 'The content has to be a text or a list of parts.');
  const content: Part[] = [];
  for (const [i, part] of body.entries())
    content.push(await readPart(part, known, `${param}.content[${i}]`, fetchImage, signal));
  return { role: known, content } satisfies Message;
}

async function readMessages(params: Fields, fetchImage: FetchImage, signal?: AbortSignal): Promise<Message[]> {
  const list = own(params, 'messages');
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_MESSAGES)
    throw invalid('messages', `messages has to be a list of 1 to ${MAX_MESSAGES} messages.`);
  const messages: Message[] = [];
  for (const [i, message] of list.entries())
    messages.push(await readMessage(message, `messages[${i}]`, fetchImage, signal));
  const text = messages.flatMap(({ content }) => content).reduce((sum, part) => sum + lengthOf(part), 0);
  if (text > MAX_TEXT) throw invalid('messages', `The messages have ${text} characters; ${MAX_TEXT} are the most.`);
  return messages;
}

function lengthOf(part: Part): number {
  return part.type === 'text' ? part.text.length : 0;
}

/** Throws ApiError with the parameter at fault; what `fetchImage` throws passes through. */
export async function readRequest(params: unknown, fetchImage: FetchImage, signal?: AbortSignal): Promise<ReadRequest> {
  if (!isRecord(params)) throw invalid('messages', 'The request has to be an object with messages.');
  refuseUnknown(params);
  const stream = own(params, 'stream') ?? false;
  if (typeof stream !== 'boolean') throw invalid('stream', 'stream has to be true or false.');
  const options = own(params, 'stream_options');
  if (options !== undefined && !isRecord(options))
    throw invalid('stream_options', 'stream_options has to be an object.');
  const limits = {
    ...numberField(params, 'max_tokens', isCount, 'a whole number from 1 on'),
    ...numberField(params, 'max_completion_tokens', isCount, 'a whole number from 1 on'),
  };
  const max_tokens = limits['max_completion_tokens'] ?? limits['max_tokens'];
  const request: ChatRequest = {
    ...(max_tokens === undefined ? {} : { max_tokens }),
    ...numberField(params, 'temperature', (value) => value >= 0 && value <= 2, 'a number from 0 to 2'),
    ...numberField(params, 'top_p', (value) => value > 0 && value <= 1, 'a number above 0, up to 1'),
    ...numberField(params, 'seed', Number.isSafeInteger, 'a whole number'),
    ...readTopK(params),
    ...numberField(params, 'repetition_penalty', (value) => value > 0 && value <= 10, 'a number above 0, up to 10'),
    ...readAdapter(params),
    ...readStop(params),
    ...readResponseFormat(own(params, 'response_format')),
    messages: answerable(await readMessages(params, fetchImage, signal)),
  };
  return { request, stream, includeUsage: isRecord(options) && own(options, 'include_usage') === true };
}
