/** A server's response, streamed or whole → what each of its messages adds to the answer. */
import { AppError } from '../../contract/errors.ts';
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

function read(json: unknown, host: string, isError = false): Delta {
  const { error } = fieldsOf(json);
  if (isError || (error !== undefined && error !== null)) {
    const { code, status } = { ...fieldsOf(json), ...fieldsOf(error) };
    const number = [code, status].find((value) => typeof value === 'number' && value >= 400 && value < 600);
    throw refusal(Number(number ?? 500), json, host);
  }
  if (!Array.isArray(fieldsOf(json)['choices'])) throw foreign(host);
  return readDelta(json);
}

/** Calls `onActivity` at each message. Throws `server-refused`, `server-unreachable` or what an error message means. */
export async function* readReply(response: Response, host: string, onActivity: () => void): AsyncGenerator<Delta> {
  const type = response.headers.get('content-type') ?? '';
  if (/^application\/json/i.test(type)) {
    yield read(parseJson(await response.text()), host);
    return;
  }
  if (/^text\/html/i.test(type) || response.body === null) throw foreign(host);
  let ended = false;
  let events = 0;
  try {
    for await (const { type: name, data } of readEvents(response.body)) {
      onActivity();
      events += 1;
      if (data === '[DONE]') return;
      const delta = read(parseJson(data), host, name === 'error');
      ended ||= delta.finish_reason !== null;
      yield delta;
    }
  } catch (thrown) {
    // The body of a response breaks with a TypeError, in browsers as in Node.
    throw thrown instanceof TypeError ? cut(host) : thrown;
  }
  if (events === 0) throw foreign(host);
  // Some servers close the connection instead of sending [DONE]; without a reason to end, it was cut.
  if (!ended) throw cut(host);
}
