/** The parameters of a chat completion, from anywhere → a checked ChatRequest. */
import type { ChatRequest, Message, Part } from '../../../contract/chat.ts';
import { Field, type Fields, isRecord } from '../../../contract/fields.ts';
import { invalid, refuse } from './api-error.ts';
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

const ROLES: Readonly<Record<string, Message['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};
const MAX_MESSAGES = 1000;
/** Far more than any context holds; keeps a stray file from being tokenised for minutes. */
const MAX_TEXT = 1_000_000;

/** A field of the object itself; null, as OpenAI's clients send it, counts as absent. */
function own(parent: Field, name: string): Field {
  const field = parent.get(name);
  return new Field(field.value ?? undefined, field.path, refuse);
}

/** What `read` makes of a field, or nothing where it is absent: for spreading into an object. */
function given<N extends string, T>(parent: Field, name: N, read: (field: Field) => T): { [K in N]?: T } {
  const field = own(parent, name);
  return field.absent ? {} : ({ [name]: read(field) } as { [K in N]?: T });
}

/** A parameter that says nothing may have any name; all others have to be known. */
function refuseUnknown(params: Field): void {
  for (const name of Object.keys(params.record())) {
    const { value } = own(params, name);
    if (value === undefined) continue;
    const treatment = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (treatment === undefined)
      throw invalid(name.slice(0, 100), `"${name.slice(0, 100)}" is not known here. Leave it out.`);
    if (typeof treatment === 'string' || treatment(value)) continue;
    throw invalid(name, `${name} is not supported here: it would change the answer in a way this model cannot.`);
  }
}

function readShare(field: Field): number {
  return field.real(0, 1) || field.fail('must be above 0');
}

/** Servers write "all tokens" as 0 or as -1. */
const readTopK = (field: Field): number => Math.max(0, field.whole(-1));

const readPenalty = (field: Field): number => field.real(0, 10) || field.fail('must be above 0');

function readStop(field: Field): string[] {
  const list = Array.isArray(field.value) ? field.list(16) : [field];
  return list.map(({ value }) => {
    if (typeof value !== 'string' || value === '' || value.length > 1000)
      field.fail('must be a text or up to 16 texts');
    return value;
  });
}

async function readPart(part: Field, role: string, fetchImage: FetchImage, signal?: AbortSignal): Promise<Part> {
  const type = isRecord(part.value) ? own(part, 'type').value : undefined;
  if (type === 'text') return { type, text: own(part, 'text').text(0, MAX_TEXT) };
  if (type === 'refusal' && role === 'assistant') return { type: 'text', text: own(part, 'refusal').text(0, MAX_TEXT) };
  if (type !== 'image_url') throw invalid(`${part.path}.type`, 'A part has to be of type "text" or "image_url".');
  if (role !== 'user') throw invalid(part.path, 'Only messages of the user can show pictures.');
  const source = own(part, 'image_url');
  const url = isRecord(source.value) ? own(source, 'url').value : undefined;
  if (typeof url !== 'string') throw invalid(source.path, 'An image_url part has to be { url: "data:…" }.');
  const place = `${source.path}.url`;
  const isData = /^\s*data:/i.test(url.slice(0, 64));
  const image = isData ? dataUrlToBlob(url.trimStart(), place) : await fetchImage(url, place, signal);
  return { type: 'image', image };
}

async function readMessage(message: Field, fetchImage: FetchImage, signal?: AbortSignal): Promise<Message> {
  const role = ROLES[own(message, 'role').oneOf(Object.keys(ROLES))] as Message['role'];
  const said = own(message, 'content');
  // Null or absent: what a model declined, what it only called tools for, or a turn in which nothing was said.
  const body = said.absent && role === 'assistant' ? own(message, 'refusal') : said;
  if (body.absent) return { role, content: [{ type: 'text', text: '' }] };
  if (typeof body.value === 'string') return { role, content: [{ type: 'text', text: body.value }] };
  if (!Array.isArray(body.value)) body.fail('must be a text or a list of parts');
  const content: Part[] = [];
  // An assistant may have said nothing in a turn.
  for (const part of body.list(MAX_MESSAGES, role === 'assistant' ? 0 : 1))
    content.push(await readPart(part, role, fetchImage, signal));
  return { role, content };
}

async function readMessages(list: Field, fetchImage: FetchImage, signal?: AbortSignal): Promise<Message[]> {
  const messages: Message[] = [];
  for (const message of list.list(MAX_MESSAGES, 1)) messages.push(await readMessage(message, fetchImage, signal));
  const text = messages.flatMap(({ content }) => content).reduce((sum, part) => sum + lengthOf(part), 0);
  if (text > MAX_TEXT) list.fail(`must have ${MAX_TEXT} characters at most, not ${text}`);
  return messages;
}

function lengthOf(part: Part): number {
  return part.type === 'text' ? part.text.length : 0;
}

/** Throws ApiError with the parameter at fault; what `fetchImage` throws passes through. */
export async function readRequest(value: unknown, fetchImage: FetchImage, signal?: AbortSignal): Promise<ReadRequest> {
  if (!isRecord(value)) throw invalid('messages', 'The request has to be an object with messages.');
  const params = new Field(value, '', refuse);
  refuseUnknown(params);
  const { stream = false } = given(params, 'stream', (field) => field.oneOf([true, false]));
  const { stream_options = {} } = given(params, 'stream_options', (field) => field.record());
  const { max_tokens: older } = given(params, 'max_tokens', (field) => field.whole(1));
  const { max_completion_tokens: max_tokens = older } = given(params, 'max_completion_tokens', (field) =>
    field.whole(1),
  );
  const request: ChatRequest = {
    ...(max_tokens === undefined ? {} : { max_tokens }),
    ...given(params, 'temperature', (field) => field.real(0, 2)),
    ...given(params, 'top_p', readShare),
    ...given(params, 'seed', (field) => field.whole(Number.MIN_SAFE_INTEGER)),
    ...given(params, 'top_k', readTopK),
    ...given(params, 'repetition_penalty', readPenalty),
    ...given(params, 'adapter', (field) => field.text(1, 100)),
    ...given(params, 'stop', readStop),
    ...readResponseFormat(own(params, 'response_format').value),
    messages: answerable(await readMessages(own(params, 'messages'), fetchImage, signal)),
  };
  return { request, stream, includeUsage: includesUsage(stream_options) };
}

function includesUsage(options: Fields): boolean {
  return Object.hasOwn(options, 'include_usage') && options['include_usage'] === true;
}
