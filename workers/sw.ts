/** The built page's own files → a copy in the browser, so that the next visit needs no network. Models are not its business. */
import { receiveShare, takeShared } from './share-target.ts';

interface AppFile {
  /** Relative to the service worker's scope. */
  url: string;
  /** Subresource-integrity form: `sha256-…`. */
  integrity: string;
  /** Its content security policy where it is not the one of all others. */
  policy?: string;
}

interface AppFiles {
  /** Hash of everything else here. */
  version: string;
  /** Headers that let pages use threads; empty in a build that was told to go without. */
  isolation: Record<string, string>;
  policy: string;
  files: AppFile[];
}

/** What a page needs beyond its own code, and names when it knows. */
type Runtime = 'wasm' | 'webgpu' | 'hub';

declare const self: ServiceWorkerGlobalScope;
/** Written by the build. */
declare const __APP_FILES__: AppFiles;

const { version, isolation, policy, files } = __APP_FILES__;
const SCOPE = self.registration.scope;
/** One cache for each scope and version: two sites of one origin must not delete each other's. */
const CACHES = `app ${SCOPE} `;
const CACHE = `${CACHES}${version}`;
const ASSETS = new URL('assets/', SCOPE).href;
const INDEX = new URL('index.html', SCOPE).href;
const LOCKED = new URL('locked.html', SCOPE).href;
/** `share_target` of the web manifest. */
const SHARE = new URL('share', SCOPE).href;
const fileOf = new Map(files.map((file) => [new URL(file.url, SCOPE).href, file]));

/** ONNX Runtime comes twice, 14 and 27 MB, of which a device needs one; few people need the worker for hub models. */
function runtimeOf(url: string): Runtime | null {
  if (url.includes('/hub.worker-')) return 'hub';
  if (!url.endsWith('.wasm')) return null;
  return url.includes('asyncify') ? 'webgpu' : 'wasm';
}

/** Whether a file arrives whole and yet is not what was built: something between the site's files and here changes it. */
async function isChanged(url: string): Promise<boolean> {
  const response = await fetch(url, { cache: 'no-cache' });
  if (!response.ok) return false;
  // oxlint-disable-next-line no-restricted-properties -- service workers exist on safe pages only
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()));
  return `sha256-${btoa(String.fromCharCode(...digest))}` !== fileOf.get(url)?.integrity;
}

/** Tells every page of this site, so that its owner can learn it: the browser says nothing but "failed to fetch". */
async function tellIfChanged(url: string): Promise<void> {
  if (!(await isChanged(url).catch(() => false))) return;
  const message = { type: 'changed-file', path: url.slice(SCOPE.length) };
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
}

/** From an older version's cache when the name says that the content is the same, else from the network, checked. */
async function obtain(url: string): Promise<Response> {
  const hashed = url.startsWith(ASSETS);
  const kept = hashed ? await caches.match(url) : undefined;
  if (kept !== undefined) return kept;
  const integrity = fileOf.get(url)?.integrity ?? '';
  const response = await fetch(url, { integrity, cache: hashed ? 'default' : 'no-cache' }).catch(
    async (thrown: unknown) => {
      await tellIfChanged(url);
      throw thrown;
    },
  );
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
  try {
    await store([...fileOf.keys()].filter((url) => runtimeOf(url) === null || wanted.has(runtimeOf(url))));
  } catch (thrown) {
    await caches.delete(CACHE); // half a version is of no use, and would take room for ever
    throw thrown;
  }
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(CACHES) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

async function storeRuntime(runtime: unknown, port: MessagePort | undefined): Promise<void> {
  try {
    await store([...fileOf.keys()].filter((url) => runtimeOf(url) === runtime));
    port?.postMessage(true);
  } catch {
    // The page then does not claim to work offline.
    port?.postMessage(false);
  }
}

/**
 * What can run gets the headers that its host left out: isolation, without which there are no threads, and the policy,
 * which a page carries in itself but a worker can have from nowhere else. A host that says anything about either is obeyed.
 */
function complete(response: Response, url: string): Response {
  if (!/\.(html|m?js)$/.test(url)) return response;
  const { status, statusText, type } = response;
  if (type === 'error') return response;
  const headers = new Headers(response.headers);
  if (!Object.keys(isolation).some((name) => headers.has(name)))
    for (const [name, value] of Object.entries(isolation)) headers.set(name, value);
  if (!headers.has('Content-Security-Policy'))
    headers.set('Content-Security-Policy', fileOf.get(url)?.policy ?? policy);
  return new Response(response.body, { status, statusText, headers });
}

/**
 * Whether a page asks that promises to make no request. Its policy keeps it from all but scripts, styles and images of
 * this site, whose addresses could still carry something away. Its workers are the only ones that begin as a blob.
 */
async function isLocked(clientId: string): Promise<boolean> {
  const { url = '' } = (await self.clients.get(clientId)) ?? {};
  return url.startsWith('blob:') || url.split(/[?#]/, 1)[0] === LOCKED;
}

/** What is not stored: of a locked page nothing goes to the network; for all others it serves as without us. */
async function pass({ request, clientId }: FetchEvent): Promise<Response> {
  return (await isLocked(clientId)) ? Response.error() : fetch(request);
}

async function answer(event: FetchEvent, url: string): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(url);
  // Not there: the other runtime, or the browser has cleared the cache.
  return complete(kept ?? (await pass(event)), url);
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => {
  const { type, runtime } = Object(event.data) as { type?: unknown; runtime?: unknown };
  // A newer version waits until the person asks for it or every tab is closed: it never interrupts an answer.
  if (type === 'activate') event.waitUntil(self.skipWaiting());
  if (type === 'store-runtime') event.waitUntil(storeRuntime(runtime, event.ports[0]));
  if (type === 'take-shared') event.waitUntil(takeShared(SCOPE).then((blobs) => event.ports[0]?.postMessage(blobs)));
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.hash = '';
  url.search = '';
  if (request.method === 'POST' && url.href === SHARE) event.respondWith(receiveShare(request, SCOPE));
  if (request.method !== 'GET') return;
  const target = url.href === SCOPE ? INDEX : url.href;
  if (fileOf.has(target)) event.respondWith(answer(event, target));
  // Models are fetched past us (they have no destination), and so is every page that is gone to.
  else if (request.destination !== '' && request.mode !== 'navigate' && url.origin === self.location.origin)
    event.respondWith(pass(event));
});
