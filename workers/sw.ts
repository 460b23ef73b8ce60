/** The built page's own files → a copy in the browser, so that the next visit needs no network. Models are not its business. */

/** What the build writes in place of `__APP_FILES__`: every file of the page with its SHA-256. */
interface AppFile {
  /** Relative to the service worker's scope. */
  url: string;
  /** Subresource-integrity form: `sha256-…`. */
  integrity: string;
}

export {}; // a module, so that the names below are its own

declare const self: ServiceWorkerGlobalScope;
declare const __APP_FILES__: { version: string; files: AppFile[] };

const { version, files } = __APP_FILES__;
const SCOPE = self.registration.scope;
/** One cache for each scope and version: two sites of one origin must not delete each other's. */
const CACHES = `app ${SCOPE} `;
const CACHE = `${CACHES}${version}`;
const INDEX = new URL('index.html', SCOPE).href;
const byUrl = new Map(files.map((file) => [new URL(file.url, SCOPE).href, file]));

/** From an older version's cache when the name says that the content is the same, else from the network, checked. */
async function obtain(url: string, { integrity }: AppFile): Promise<Response> {
  const hashed = url.startsWith(new URL('assets/', SCOPE).href);
  const kept = hashed ? await caches.match(url) : undefined;
  if (kept !== undefined) return kept;
  // The server may name index.html differently, but what it answers must be these very bytes.
  const response = await fetch(url, { integrity, cache: hashed ? 'default' : 'no-cache' });
  if (!response.ok) throw new Error(`HTTP ${response.status} for ${url}`);
  return response.redirected ? new Response(response.body, { headers: response.headers }) : response;
}

/** All or nothing: a version of which one file is missing or damaged is never used. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const [url, file] of byUrl) {
    if ((await cache.match(url)) === undefined) await cache.put(url, await obtain(url, file));
  }
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(CACHES) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

async function answer(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(url);
  // Gone when the browser has cleared the cache but not the worker: then the network serves as without us.
  return kept ?? fetch(request);
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
// A newer version waits until the person asks for it or every tab is closed: it never interrupts an answer.
self.addEventListener('message', (event) => {
  if (event.data === 'activate') event.waitUntil(self.skipWaiting());
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  url.hash = '';
  url.search = '';
  const target = url.href === SCOPE ? INDEX : url.href;
  if (byUrl.has(target)) event.respondWith(answer(request, target));
});
