/** What a person types about a server → the address of its calls and a key that can be sent. */
import { AppError } from '../../contract/errors.ts';

/**
 * The address under which `chat/completions` and `models` lie, without a slash at its end. People paste any of `host:port`,
 * the base or the full address of the call. Throws `request-invalid`.
 */
export function apiBase(address: string): string {
  const typed = address.trim();
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
  const { protocol, origin, pathname, username } = URL.canParse(url) ? new URL(url) : new URL('about:blank');
  if (protocol !== 'http:' && protocol !== 'https:') {
    const message = 'That is not the address of a server. It looks like http://localhost:8000/v1.';
    throw new AppError('request-invalid', message, { reason: 'badAddress' });
  }
  if (username !== '') {
    const message = 'Leave name and password out of the address; a key has a field of its own.';
    throw new AppError('request-invalid', message, { reason: 'passwordInAddress' });
  }
  const path = pathname.replace(/\/+$/, '').replace(/\/(chat\/completions|completions|models)$/, '');
  return origin + (path === '' ? '/v1' : path);
}

/** The key without spaces around it; empty where there is none. Throws `request-invalid` for one that no header can hold. */
export function apiKeyOf(typed: string): string {
  const key = typed.trim();
  if (/^[\x21-\x7e]*$/.test(key)) return key;
  const message = 'A key has only letters, digits and signs, and no spaces.';
  throw new AppError('request-invalid', message, { reason: 'badKey' });
}
