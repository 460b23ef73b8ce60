/** Requests to one OpenAI-compatible server → responses that are `ok`, or an AppError. */
import type { AppError } from '../../contract/errors.ts';
import { forbidden, refusal, serverWords, unreachable } from './openai-failures.ts';
import { fieldsOf } from '../../contract/fields.ts';
import { parseJson } from './openai-wire.ts';
import type { Patience } from './patience.ts';
import { apiBase, apiKeyOf } from './server-address.ts';

/** Notes whether the page's own policy blocks requests meanwhile: fetch itself rejects with no reason. */
function watchPolicy(): { blocked: () => boolean; end: () => void } {
  let blocked = false;
  const onViolation = (event: SecurityPolicyViolationEvent): void => {
    blocked ||= event.effectiveDirective === 'connect-src';
  };
  const target = typeof document === 'undefined' ? null : document;
  target?.addEventListener('securitypolicyviolation', onViolation);
  return {
    blocked: () => blocked,
    end: () => target?.removeEventListener('securitypolicyviolation', onViolation),
  };
}

/** The request without what this server says it does not know, or null. OpenAI itself renamed one limit. */
function adapt(body: Record<string, unknown>, reply: unknown): Record<string, unknown> | null {
  const { param } = fieldsOf(fieldsOf(reply)['error']);
  const about = `${typeof param === 'string' ? param : ''} ${serverWords(reply)}`;
  const { stream_options, max_tokens, ...rest } = body;
  if (about.includes('stream_options') && stream_options !== undefined)
    return { ...rest, ...(max_tokens === undefined ? {} : { max_tokens }) };
  if (about.includes('max_completion_tokens') && max_tokens !== undefined)
    return { ...rest, stream_options, max_completion_tokens: max_tokens };
  return null;
}

export class OpenAiConnection {
  readonly host: string;
  readonly #base: string;
  readonly #headers: Record<string, string>;

  /** Throws `request-invalid` for an address or a key that can't be sent. */
  constructor(address: string, apiKey: string) {
    this.#base = apiBase(address);
    this.host = new URL(this.#base).host;
    const key = apiKeyOf(apiKey);
    this.#headers = key === '' ? {} : { Authorization: `Bearer ${key}` };
  }

  /** The list of models as the server gives it; null when it has no such list. */
  async models(patience: Patience): Promise<unknown> {
    const response = await this.#fetch('models', { method: 'GET' }, patience);
    const json = parseJson(await response.text());
    if (response.ok) return json;
    if (response.status === 404 || response.status === 405) return null;
    throw this.#refusal(response, json);
  }

  /** Asks for a completion; a second time, in other words, when the server names the field that it does not know. */
  async complete(body: Record<string, unknown>, patience: Patience): Promise<Response> {
    const response = await this.#post(body, patience);
    if (response.ok) return response;
    const json = parseJson(await response.text());
    const adapted = response.status === 400 || response.status === 422 ? adapt(body, json) : null;
    if (!adapted) throw this.#refusal(response, json);
    const second = await this.#post(adapted, patience);
    if (!second.ok) throw this.#refusal(second, parseJson(await second.text()));
    return second;
  }

  #post(body: object, patience: Patience): Promise<Response> {
    return this.#fetch('chat/completions', { method: 'POST', body: JSON.stringify(body) }, patience);
  }

  async #fetch(path: string, init: RequestInit, patience: Patience): Promise<Response> {
    const url = `${this.#base}/${path}`;
    const blocked = forbidden(url, typeof location === 'undefined' ? null : location.href);
    if (blocked) throw blocked;
    const policy = watchPolicy();
    try {
      const response = await fetch(url, {
        ...init,
        headers: { ...this.#headers, ...(init.body ? { 'Content-Type': 'application/json' } : {}) },
        signal: patience.signal,
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
        // A redirect would carry images to a host that nobody chose.
        redirect: 'manual',
      });
      patience.renew();
      return response;
    } catch (cause) {
      if (patience.signal.aborted) throw patience.signal.reason;
      throw await unreachable(url, cause, policy.blocked());
    } finally {
      policy.end();
    }
  }

  #refusal(response: Response, body: unknown): AppError {
    // A browser hides the status of a redirect that was not followed.
    const status = response.type === 'opaqueredirect' ? 307 : response.status;
    return refusal(status, body, this.host, response.headers.get('retry-after'));
  }
}
