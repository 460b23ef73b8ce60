/** The list beside embed.html → the headers with which a server lets those pages, and no others, show it in a frame. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const EMBED_PAGE = 'embed.html';
const ORIGINS_FILE = 'embed-origins.json';

/** What src/library/frame/origins.ts takes; in a header a space, a semicolon or a `*` would mean something else. @param {unknown} value */
function isOrigin(value) {
  if (typeof value !== 'string' || !/^https?:\/\/[a-z0-9.:[\]-]+$/.test(value) || !URL.canParse(value)) return false;
  return new URL(value).origin === value;
}

/** The sources of `frame-ancestors`; a list that cannot be used lets in this origin alone. @param {string} json */
export function frameAncestors(json) {
  try {
    const { origins } = JSON.parse(json);
    if (Array.isArray(origins) && origins.every(isOrigin)) return ["'self'", ...origins].join(' ');
  } catch {
    // Not JSON; the page itself tells the site's owner.
  }
  return "'self'";
}

/**
 * What changes in the headers of a file when it is embed.html: who may frame it, and that pages which are cross-origin
 * isolated may load it.
 * @param {string} path @param {Record<string, string>} headers @returns {Promise<Record<string, string>>}
 */
export async function embeddingHeaders(path, headers) {
  const { 'Content-Security-Policy': policy, 'Cross-Origin-Resource-Policy': resources } = headers;
  if (basename(path) !== EMBED_PAGE || !policy) return {};
  const list = await readFile(join(dirname(path), ORIGINS_FILE), 'utf8').catch(() => '');
  return {
    'Content-Security-Policy': policy.replace(/frame-ancestors [^;]*/, `frame-ancestors ${frameAncestors(list)}`),
    ...(resources ? { 'Cross-Origin-Resource-Policy': 'cross-origin' } : {}),
  };
}
