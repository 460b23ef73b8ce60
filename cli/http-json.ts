/** JSON bodies in and out, with limits; failures in the shape of OpenAI's errors. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A failure that only a server has. */
export class HttpError extends Error {
  readonly status: number;
  readonly error: { message: string; type: 'invalid_request_error'; param: null; code: string };

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.error = { message, type: 'invalid_request_error', param: null, code };
  }
}

export function sendJson(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/**
 * The parsed body. Only `application/json` is read: a page can send other types without asking the server first.
 * Throws HttpError 415, 413 or 400.
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new HttpError(415, 'type-refused', 'The body has to be application/json.');
  const tooLarge = (): HttpError =>
    new HttpError(413, 'body-too-large', `The body is larger than ${maxBytes} bytes. Send smaller pictures.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxBytes) throw tooLarge();
    pieces.push(piece);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces)));
  } catch {
    // What the parser says quotes the body; where it broke is of no use to a client.
    throw new HttpError(400, 'not-json', 'The body is not JSON.');
  }
}
