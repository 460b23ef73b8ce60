/** A server's response, streamed or whole → what each of its messages adds to the answer. */
import { AppError, asAppError } from '../../contract/errors.ts';
import { refusal } from './openai-failures.ts';
import { fieldsOf } from '../../contract/fields.ts';
import { type Delta, parseJson, readDelta } from './openai-wire.ts';
import { readEvents } from './server-sent-events.ts';

function foreign(host: string): AppError {
  const message = `What ${host} answers is not what an OpenAI-compatible server says. Check the address.`;
  return new AppError('server-refused', message, { server: host });
}

function cut(host: string): AppError {
  const message = `The connection to ${host} ended in the middle of the answer. Ask again.`;
  return new AppError('server-unreachable', message, { server: host, reason: 'cut' });
}

/** True for a message of this protocol: it has choices, or says that it is a chunk without any. */
function isFamiliar(json: unknown): boolean {
  const { choices, object } = fieldsOf(json);
  return Array.isArray(choices) || (typeof object === 'string' && object.startsWith('chat.completion'));
}

function refuseError(json: unknown, host: string, isError: boolean): void {
  const { error } = fieldsOf(json);
  if (!isError && (error === undefined || error === null)) return;
  const { code, status } = { ...fieldsOf(json), ...fieldsOf(error) };
  const number = [code, status].find((value) => typeof value === 'number' && value >= 400 && value < 600);
  throw refusal(Number(number ?? 500), json, host);
}

const isPing = (name: string, json: unknown): boolean => name === 'ping' || fieldsOf(json)['type'] === 'ping';

/** The messages of one event: servers that end events with one line end instead of two send several in one. */
function messagesOf(data: string): string[] {
  return data.includes('\n') && parseJson(data) === null ? data.split('\n') : [data];
}

/** Where a stream stands. */
interface Progress {
  /** Something of this protocol has come; from then on what is not of it is passed over. */
  familiar: boolean;
  /** A reason to end has come: whatever follows, the answer is complete. */
  ended: boolean;
}

/** Null at the end of the stream. */
function readMessage(data: string, name: string, host: string, progress: Progress): Delta | null {
  if (data === '[DONE]') return null;
  const json = parseJson(data);
  refuseError(json, host, name === 'error');
  // Gateways send counts, moderation results and signs of life as messages of their own.
  if (!progress.familiar && !isFamiliar(json) && !isPing(name, json)) throw foreign(host);
  progress.familiar ||= isFamiliar(json);
  const delta = readDelta(json);
  progress.ended ||= delta.finish_reason !== null;
  return delta;
}

async function* readStream(
  body: ReadableStream<Uint8Array>,
  host: string,
  progress: Progress,
  onActivity: () => void,
): AsyncGenerator<Delta> {
  for await (const { type, data } of readEvents(body)) {
    onActivity();
    for (const message of messagesOf(data)) {
      const delta = readMessage(message, type, host, progress);
      if (delta === null) return;
      yield delta;
    }
  }
  if (!progress.familiar) throw foreign(host);
  // Some servers close the connection instead of sending [DONE]; without a reason to end, it was cut.
  if (!progress.ended) throw cut(host);
}

/** Calls `onActivity` at each message. Throws `server-refused`, `server-unreachable` or what an error message means. */
export async function* readReply(response: Response, host: string, onActivity: () => void): AsyncGenerator<Delta> {
  const type = response.headers.get('content-type') ?? '';
  if (/^application\/json/i.test(type)) {
    const json = parseJson(await response.text());
    refuseError(json, host, false);
    if (!Array.isArray(fieldsOf(json)['choices'])) throw foreign(host);
    yield readDelta(json);
    return;
  }
  if (/^text\/html/i.test(type) || response.body === null) throw foreign(host);
  const progress: Progress = { familiar: false, ended: false };
  try {
    yield* readStream(response.body, host, progress, onActivity);
  } catch (thrown) {
    // The body of a response breaks with a TypeError, in browsers as in Node.
    const broke = thrown instanceof TypeError || asAppError(thrown).code === 'server-unreachable';
    if (broke && progress.ended) return;
    throw thrown instanceof TypeError ? cut(host) : thrown;
  }
}
