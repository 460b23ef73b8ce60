/** The bytes of a text/event-stream → its events, as the HTML standard parses them (section "Server-sent events"). */
import { AppError } from '../../contract/errors.ts';

export interface ServerSentEvent {
  /** `message` unless the stream names another. */
  type: string;
  data: string;
}

/** Longest line or event that is taken, in characters; a server that sends no end would fill the memory otherwise. */
const MAX_LENGTH = 1 << 24;

/** Text in pieces of any size → events. Lines end with LF, CR or CRLF, and an end may itself be split between pieces. */
export class EventParser {
  #line = '';
  #afterCarriageReturn = false;
  #type = '';
  #data: string[] = [];
  #length = 0;

  /** The events that `text` completes. Throws `server-refused` when a line or event has no end. */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let rest = text;
    if (this.#afterCarriageReturn && rest.startsWith('\n')) rest = rest.slice(1);
    if (text !== '') this.#afterCarriageReturn = text.endsWith('\r');
    const pieces = rest.split(/\r\n|\r|\n/);
    const unfinished = pieces.pop() ?? '';
    for (const piece of pieces) {
      const event = this.#take(this.#line + piece);
      this.#line = '';
      if (event) events.push(event);
    }
    this.#line += unfinished;
    if (this.#line.length + this.#length > MAX_LENGTH)
      throw new AppError('server-refused', 'The server sent a message without an end.', {
        reason: 'endless',
        limit: MAX_LENGTH,
      });
    return events;
  }

  #take(line: string): ServerSentEvent | null {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null; // a comment, which servers send to keep the connection open
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.#add(value);
    else if (field === 'event') this.#type = value;
    else if (field === 'error') {
      // Not of the standard: llama.cpp's server reports a failure in mid-stream as a field of this name.
      this.#type = 'error';
      this.#add(value);
    }
    return null; // `id` and `retry` are for reconnecting, which a generation can't
  }

  #add(value: string): void {
    this.#data.push(value);
    this.#length += value.length;
  }

  #dispatch(): ServerSentEvent | null {
    const data = this.#data.join('\n');
    const type = this.#type || 'message';
    this.#type = '';
    this.#data = [];
    this.#length = 0;
    return data === '' ? null : { type, data };
  }
}

/**
 * Events of a response body in order. Other than in the standard, an event that the stream ends in is given as well: some
 * servers leave out the last empty line. One that was cut is no JSON, by which its reader can tell.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const parser = new EventParser();
  const decoder = new TextDecoder(); // drops a byte order mark, keeps characters that are split between chunks
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      yield* parser.push(decoder.decode(value, { stream: !done }));
      if (!done) continue;
      yield* parser.push('\n\n');
      return;
    }
  } finally {
    // Whoever leaves early wants no more of it; a body that is already broken has nothing left to cancel.
    await reader.cancel().catch(() => {});
  }
}
