/** The built page's own files → a copy in the browser, so that the next visit needs no network. Models are not its business. */
export {}; // a module, so that the names below are its own

interface AppFile {
  /** Relative to the service worker's scope. */
  url: string;
  /** Subresource-integrity form: `sha256-…`. */
  integrity: string;
}

/** What a page needs beyond its own code, and names when it knows. */
type Runtime = 'wasm' | 'webgpu' | 'hub';

declare const self: ServiceWorkerGlobalScope;
/** Written by the build: every file of the page with its SHA-256, and the hash of that list. */
declare const __APP_FILES__: { version: string; files: AppFile[] };

const { version, files } = __APP_FILES__;
const SCOPE = self.registration.scope;
/** One cache for each scope and version: two sites of one origin must not delete each other's. */
const CACHES = `app ${SCOPE} `;
const CACHE = `${CACHES}${version}`;
const ASSETS = new URL('assets/', SCOPE).href;
const INDEX = new URL('index.html', SCOPE).href;
const integrityOf = new Map(files.map(({ url, integrity }) => [new URL(url, SCOPE).href, integrity]));

/** ONNX Runtime comes twice, 14 and 27 MB, of which a device needs one; few people need the worker for hub models. */
function runtimeOf(url: string): Runtime | null {
  if (url.includes('/hub.worker-')) return 'hub';
  if (!url.endsWith('.wasm')) return null;
  return url.includes('asyncify') ? 'webgpu' : 'wasm';
}

/** From an older version's cache when the name says that the content is the same, else from the network, checked. */
async function obtain(url: string): Promise<Response> {
  const hashed = url.startsWith(ASSETS);
  const kept = hashed ? await caches.match(url) : undefined;
  if (kept !== undefined) return kept;
  const integrity = integrityOf.get(url) ?? '';
  const response = await fetch(url, { integrity, cache: hashed ? 'default' : 'no-cache' });
  if (!response.ok) throw new Error(`HTTP ${response.status} for ${url}`);
  // A browser refuses a redirected answer to a navigation; the bytes were checked, so where they lay is of no interest.
  return response.redirected ? new Response(response.body, { headers: response.headers }) : response;
}

/** All or nothing: a version of which one file is missing or damaged is never used. */
async function store(urls: Iterable<string>): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const url of urls) {
    if ((await cache.match(url)) === undefined) await cache.put(url, await obtain(url));
  }
}

/** Runtimes that an earlier version has stored: the next one must bring them too, or an update would end offline use. */
async function storedRuntimes(): Promise<Set<Runtime | null>> {
  const runtimes = new Set<Runtime | null>();
  for (const name of await caches.keys()) {
    if (!name.startsWith(CACHES)) continue;
    for (const { url } of await (await caches.open(name)).keys()) runtimes.add(runtimeOf(url));
  }
  return runtimes;
}

async function install(): Promise<void> {
  const wanted = await storedRuntimes();
  await store([...integrityOf.keys()].filter((url) => runtimeOf(url) === null || wanted.has(runtimeOf(url))));
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(CACHES) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

async function storeRuntime(runtime: unknown, port: MessagePort | undefined): Promise<void> {
  try {
    await store([...integrityOf.keys()].filter((url) => runtimeOf(url) === runtime));
    port?.postMessage(true);
  } catch {
    // The page then does not claim to work offline.
    port?.postMessage(false);
  }
}

async function answer(request: Request, url: string): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(url);
  // Not there: the other runtime, or the browser has cleared the cache. The network serves as without us.
  return kept ?? fetch(request);
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => {
  const { type, runtime } = Object(event.data) as { type?: unknown; runtime?: unknown };
  // A newer version waits until the person asks for it or every tab is closed: it never interrupts an answer.
  if (type === 'activate') event.waitUntil(self.skipWaiting());
  if (type === 'store-runtime') event.waitUntil(storeRuntime(runtime, event.ports[0]));
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  url.hash = '';
  url.search = '';
  const target = url.href === SCOPE ? INDEX : url.href;
  if (integrityOf.has(target)) event.respondWith(answer(request, target));
});
