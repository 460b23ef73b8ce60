/** What a server or the browser says when a request fails → an AppError that says what to do next. */
import { AppError } from '../../contract/errors.ts';
import { fieldsOf } from '../../contract/fields.ts';

/** The server's own words are shown cut to this many characters: some of them repeat the request. */
const MAX_WORDS = 200;

/** The message inside an error body: OpenAI's object, or the bare strings of Ollama and of proxies. */
export function serverWords(body: unknown): string {
  const { error, message, detail } = fieldsOf(body);
  const found = [fieldsOf(error)['message'], error, message, detail].find((value) => typeof value === 'string');
  const words = String(found ?? '')
    .replaceAll(/data:image[^\s'"]*/g, '(picture)')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
}

function advice(status: number, host: string, retryAfter: string | null): string {
  if (status === 401) return `${host} wants a valid key. Check the key in the settings.`;
  if (status === 403) return `${host} does not allow this. Check the key and what it may be used for.`;
  if (status === 404) return `${host} knows no such address or model. Check both in the settings.`;
  if (status === 429) {
    const seconds = /^\d+$/.test(retryAfter ?? '') ? `${retryAfter} seconds` : 'a while';
    return `${host} is busy or a limit is used up. Wait ${seconds}, then try again.`;
  }
  if (status >= 300 && status < 400)
    return `${host} sends on to another address, which is not followed. Enter the final address in the settings.`;
  if (status >= 500) return `${host} failed. Look at its log, or try again later.`;
  return `${host} did not accept the request.`;
}

/** The error that an HTTP status and the body with it mean; also for error messages within a stream. */
export function refusal(status: number, body: unknown, host: string, retryAfter: string | null = null): AppError {
  const said = serverWords(body);
  const quoted = said === '' ? '' : ` It said: “${said}”`;
  const evidence = { status, server: host, ...(said === '' ? {} : { said }) };
  const { code } = fieldsOf(fieldsOf(body)['error']);
  if (code === 'context_length_exceeded' || /context (length|size|window)|maximum context/i.test(said))
    return new AppError('context-full', `The conversation is longer than the model on ${host} can read.`, evidence);
  if (
    /not a multimodal|(image|vision|multimodal)[\w ]* (is|are) not supported|not support (image|vision|multimodal)/i.test(
      said,
    )
  )
    return new AppError('model-unsupported', `The model on ${host} does not look at pictures.${quoted}`, {
      ...evidence,
      reason: 'blind',
    });
  if (status === 413)
    return new AppError('image-too-large', `${host} takes no request of this size. Use a smaller picture.`, {
      ...evidence,
      reason: 'serverTooLarge',
    });
  return new AppError('server-refused', `${advice(status, host, retryAfter)}${quoted}`, evidence);
}

const isLoopback = (hostname: string): boolean => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/**
 * Why this page may not even ask `url`, or null. Browsers block plain http from an https page, except to the device itself,
 * and report that no better than a server that is switched off.
 */
export function forbidden(url: string, page: string | null): AppError | null {
  const { protocol, hostname, host } = new URL(url);
  if (page === null || !page.startsWith('https:') || protocol !== 'http:' || isLoopback(hostname)) return null;
  return new AppError(
    'server-unreachable',
    `This page came over https, so the browser lets it talk to ${host} over https only. Give the server a certificate, or open this page over http.`,
    { server: host, reason: 'mixed-content' },
  );
}

/** True when a server answers at all: a request whose answer the page can't see is not subject to the server's consent. */
async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    // Nothing there, or nothing that may be told from that.
    return false;
  }
}

/** The error behind a rejected fetch; browsers tell pages no more than "failed", so it asks a second, blind question. */
export async function unreachable(url: string, cause: unknown, blockedByPolicy: boolean): Promise<AppError> {
  const { host, hostname } = new URL(url);
  const failed = (reason: string, message: string): AppError =>
    new AppError('server-unreachable', message, { server: host, reason }, cause);
  if (blockedByPolicy)
    return failed(
      'policy',
      `This page's own security policy forbids talking to ${host}. Open the page for other servers.`,
    );
  if (typeof document === 'undefined')
    return failed('network', `${host} does not answer. Check that the server runs and that the address is right.`);
  if (!navigator.onLine && !isLoopback(hostname))
    return failed('offline', `${host} can't be reached: this device is offline.`);
  const consent = `let the server accept pages from ${location.origin} (Ollama: OLLAMA_ORIGINS, vLLM: --allowed-origins)`;
  if (await answers(url))
    return failed('cors', `${host} answers, but not to pages of this site. To change that, ${consent}.`);
  return failed(
    'network',
    `${host} does not answer. Check that it runs and that the address is right; then ${consent}.`,
  );
}
