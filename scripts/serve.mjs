/** Serves the built site from dist/ the way a static host would: files, types, ranges, and headers for isolation. */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { embeddingHeaders } from './embedding.mjs';
import { HOST_HEADERS, ISOLATION_HEADERS, policyOf } from './security-policy.mjs';

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/**
 * The file that a request path names, inside `root`; a folder means its index.html. Null when there is none.
 * @param {string} root absolute, links resolved @param {string} pathname percent-encoded path of the request
 * @returns {Promise<{ path: string, stats: import('node:fs').Stats } | null>}
 */
export async function locate(root, pathname) {
  let decoded;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    // Malformed percent-encoding names nothing.
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const wanted = resolve(root, `.${decoded.startsWith('/') ? '' : '/'}${decoded}`);
  try {
    const found = await realpath((await stat(wanted)).isDirectory() ? join(wanted, 'index.html') : wanted);
    if (!found.startsWith(root + sep)) return null;
    const stats = await stat(found);
    return stats.isFile() ? { path: found, stats } : null;
  } catch {
    // Missing, or not readable: to a visitor both are 404.
    return null;
  }
}

/**
 * First and last byte of a single-range `Range` header; null for none to apply, 'unsatisfiable' for 416.
 * @param {string | undefined} header @param {number} size bytes of the file
 * @returns {{ start: number, end: number } | null | 'unsatisfiable'}
 */
export function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const suffix = match[1] === '';
  const start = suffix ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = suffix || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}

/** @typedef {{ isolated: boolean, guarded: boolean }} Added which headers are sent that a plain host would not */

/** @param {string} path @param {Added} added @returns {Record<string, string>} */
function siteHeaders(path, { isolated, guarded }) {
  /** @type {Record<string, string>} */
  const headers = { ...HOST_HEADERS, 'Content-Security-Policy': `${policyOf(path)}; frame-ancestors 'none'` };
  for (const name of Object.keys(headers)) if (!(name in ISOLATION_HEADERS ? isolated : guarded)) delete headers[name];
  return headers;
}

/**
 * @param {string} path @param {import('node:fs').Stats} stats @param {Added} added
 * @returns {Record<string, string>}
 */
function headersFor(path, stats, added) {
  // Names under assets/ carry a hash of their content; everything else is asked for again each time.
  const hashed = path.includes(`${sep}assets${sep}`);
  return {
    ...siteHeaders(path, added),
    'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
    'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Last-Modified': stats.mtime.toUTCString(),
    ETag: `"${stats.size.toString(16)}-${Math.trunc(stats.mtimeMs).toString(16)}"`,
    'Accept-Ranges': 'bytes',
  };
}

/**
 * The file of a request, looked for in the folder mounted at its beginning, else in `root`.
 * @param {string} root @param {[string, string][]} mounts @param {string} pathname
 */
function find(root, mounts, pathname) {
  const mount = mounts.find(([prefix]) => pathname.startsWith(prefix));
  return mount ? locate(mount[1], `/${pathname.slice(mount[0].length)}`) : locate(root, pathname);
}

/**
 * @typedef {{ root: string, mounts: [string, string][], base: string, isolated: boolean, guarded: boolean }} Site
 * @param {Site} site
 * @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
 */
async function answer({ root, mounts, base, isolated, guarded }, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const pathname = (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/';
  if (`${pathname}/` === base) {
    response.writeHead(301, { Location: base }).end();
    return;
  }
  const file = pathname.startsWith(base) ? await find(root, mounts, `/${pathname.slice(base.length)}`) : null;
  if (!file) {
    const isolation = isolated ? ISOLATION_HEADERS : {};
    response.writeHead(404, { ...isolation, 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found\n');
    return;
  }
  const { path, stats } = file;
  const headers = headersFor(path, stats, { isolated, guarded });
  Object.assign(headers, await embeddingHeaders(path, headers));
  if (request.headers['if-none-match'] === headers.ETag) {
    response.writeHead(304, headers).end();
    return;
  }
  const conditional = request.headers['if-range'];
  const range = conditional && conditional !== headers.ETag ? null : parseRange(request.headers.range, stats.size);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'Content-Range': `bytes */${stats.size}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: stats.size - 1 };
  headers['Content-Length'] = String(end - start + 1);
  if (range) headers['Content-Range'] = `bytes ${start}-${end}/${stats.size}`;
  response.writeHead(range ? 206 : 200, headers);
  if (request.method === 'HEAD' || stats.size === 0) response.end();
  else
    createReadStream(path, { start, end })
      .on('error', () => response.destroy())
      .pipe(response);
}

/**
 * A listening server for `root`. Port 0 takes any free port; a taken port moves on to the next ones unless `strict`.
 * `mounts` maps beginnings of paths (`/model/`) to further folders, for benches that serve something beside the build.
 * `isolated: false` leaves out the headers that allow threads, as some hosts cannot send them; `guarded: false` the
 * security policy and its like, for programs of others that start scripts in ways which it forbids. `base` is the folder of
 * the address under which the site lies; `log` hears of each request.
 * @param {{ root: string, port?: number, host?: string, strict?: boolean, mounts?: Record<string, string>, base?: string, isolated?: boolean, guarded?: boolean, log?: (line: string) => void }} options
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve(options) {
  const { root, port = 4173, host = '127.0.0.1', strict = false, base = '/', log } = options;
  const { mounts = {}, isolated = true, guarded = true } = options;
  if (!/^\/(.*\/)?$/.test(base)) throw new Error(`The base ${base} does not begin and end with a slash.`);
  const folder = await realpath(root);
  /** @type {[string, string][]} */
  const mounted = [];
  for (const [prefix, path] of Object.entries(mounts)) mounted.push([prefix, await realpath(path)]);
  const server = createServer((request, response) => {
    response.on('close', () => log?.(`${request.method} ${request.url} ${response.statusCode}`));
    answer({ root: folder, mounts: mounted, base, isolated, guarded }, request, response).catch(() =>
      response.destroy(),
    );
  });
  for (let candidate = port; ; candidate++) {
    try {
      await new Promise((listening, failed) => {
        server.once('error', failed);
        server.listen(candidate, host, () => listening(server.off('error', failed)));
      });
      break;
    } catch (error) {
      const taken = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
      if (strict || !taken || candidate >= port + 100) throw error;
    }
  }
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  const close = () =>
    new Promise((/** @type {(value: void) => void} */ closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}${base}`, close };
}

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env['PORT'] ?? '4173' },
      host: { type: 'string', default: '127.0.0.1' },
      root: { type: 'string', default: join(import.meta.dirname, '../dist') },
      'strict-port': { type: 'boolean', default: false },
      // As a host that knows nothing of us would: a folder of its address, and no header that it need not send.
      base: { type: 'string', default: '/' },
      plain: { type: 'boolean', default: false },
      log: { type: 'boolean', default: false },
    },
  });
  const { root, host, base } = values;
  const added = { isolated: !values.plain, guarded: !values.plain };
  try {
    const log = values.log ? console.log : () => {};
    const port = Number(values.port);
    const { url } = await serve({ root, host, base, log, port, ...added, strict: values['strict-port'] });
    console.log(`\n  The image assistant is at ${url}\n  Stop it with Ctrl+C.\n`);
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    const hints = { ENOENT: `There is no ${root}. Run: npm run build`, EADDRINUSE: `Port ${values.port} is taken.` };
    console.error(hints[/** @type {keyof typeof hints} */ (code)] ?? message);
    process.exitCode = 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
