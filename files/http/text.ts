/** A URL → the text behind it, as long as it may be, asked afresh and watched for silence. */
import { AppError } from '../../contract/errors.ts';
import { open } from './request.ts';
import { TemporaryFailure } from './retry.ts';

interface TextOptions {
  send: typeof fetch;
  /** Milliseconds of silence after which the request has failed. */
  stallMs: number;
  signal: AbortSignal | undefined;
  /** Who answers, for the message of a failure. */
  answerer: string;
  /** Longest text, in characters. */
  limit: number;
  /** What is said of a longer one. */
  tooLong: string;
}

/** Throws `manifest-invalid` for a text past the limit, a TemporaryFailure for any status but 200, what `open` throws. */
export async function fetchText(url: string, options: TextOptions): Promise<string> {
  const { send, stallMs, signal, answerer, limit, tooLong } = options;
  const opened = await open(url, { fetch: send, signal, stallMs, cache: 'no-cache' });
  try {
    const { status } = opened.response;
    if (status !== 200) throw new TemporaryFailure(`${answerer} answered ${status}`, { status });
    const decoder = new TextDecoder();
    let text = '';
    for (let piece = await opened.next(); piece; piece = await opened.next()) {
      text += decoder.decode(piece, { stream: true });
      if (text.length > limit) throw new AppError('manifest-invalid', tooLong, { limit });
    }
    return text + decoder.decode();
  } finally {
    opened.close();
  }
}
