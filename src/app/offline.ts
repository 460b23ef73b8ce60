/** The service worker's life → whether the page works without a network, and whether a newer version waits. */
import { observable, type Observable } from './observable.ts';

/** Parts of the built site that only some visits need: the two runtimes, and the worker for models of the hub. */
export type Runtime = 'wasm' | 'webgpu' | 'hub';

/**
 * `ready`: the next visit needs no network. `update`: a newer version is stored and waits to be used. `locked`: this page
 * can make no request and lives on what another visit has stored.
 */
export type OfflineState = 'unavailable' | 'ready' | 'update' | 'locked';

/** Whether the next visit needs no network. (The locked page says that in words of its own.) */
export const worksWithoutNetwork = ({ stored }: { stored: boolean }, offline: OfflineState): boolean =>
  offline !== 'locked' && offline !== 'unavailable' && stored;

export interface Offline extends Observable<OfflineState> {
  /** A file of the page, by its path, that reaches this browser changed, so that nothing can be stored; else null. */
  readonly changedFile: Observable<string | null>;
  /**
   * Registers the service worker and has it store what the model in use needs. Call it when the model is ready, so that
   * the two don't compete for the network; again when another model is.
   */
  start: (runtimes: readonly Runtime[]) => Promise<void>;
  /** Switches to the waiting version and reloads the page. Only ever on the person's request. */
  update: () => void;
}

/** The worker's answer to a message. */
function request(worker: ServiceWorker, message: { type: string; runtime?: Runtime }): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', ({ data }) => {
      port1.close();
      resolve(data);
    });
    port1.start();
    worker.postMessage(message, [port2]);
  });
}

/** True when the worker has stored the runtime. */
async function storeRuntime(worker: ServiceWorker, runtime: Runtime): Promise<boolean> {
  return (await request(worker, { type: 'store-runtime', runtime })) === true;
}

/** Images that another app shared with this one, once; they lie with the service worker, which received them. */
export async function sharedImages(): Promise<Blob[]> {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return [];
  const blobs = await request(worker, { type: 'take-shared' });
  return Array.isArray(blobs) ? blobs.filter((blob) => blob instanceof Blob) : [];
}

/** A file of the page itself, from where the service worker has stored it if it is there. */
export async function ownFile(path: string): Promise<Response> {
  const url = new URL(path, document.baseURI);
  return (await globalThis.caches?.match(url)) ?? fetch(url);
}

/** The path in the service worker's message that a file reaches this browser changed; null for any other message. */
function changedFileOf(message: unknown): string | null {
  const { type, path } = Object(message) as { type?: unknown; path?: unknown };
  return type === 'changed-file' && typeof path === 'string' ? path : null;
}

/** For whoever runs the site, who looks into the console first. */
function warnOwner(path: string): void {
  // oxlint-disable-next-line no-console
  console.warn(
    `Mipha Web: ${path} arrives in this browser with other bytes than were built. Something between (a CDN or proxy ` +
      'that adds to pages or rewrites them) changes it. So the service worker stores nothing: no offline use, and one ' +
      'thread where the host sends no isolation headers. Have the files served as they are; see docs/hosting.md.',
  );
}

/** @param locked whether the page's policy forbids every request */
export function createOffline(locked = false): Offline {
  const { getState, setState, subscribe } = observable<OfflineState>(locked ? 'locked' : 'unavailable');
  let registration: ServiceWorkerRegistration | null = null;
  let stored = false;
  let updating = false;
  const changed = observable<string | null>(null);

  function refresh(): void {
    if (!stored) setState('unavailable');
    else setState(registration?.waiting ? 'update' : 'ready');
  }

  function onMessage({ data }: MessageEvent<unknown>): void {
    const path = changedFileOf(data);
    if (path === null || path === changed.getState()) return;
    warnOwner(path);
    changed.setState(path);
  }

  function watch({ installing }: ServiceWorkerRegistration): void {
    installing?.addEventListener('statechange', refresh);
  }

  async function register(): Promise<void> {
    navigator.serviceWorker.addEventListener('message', onMessage);
    const found = await navigator.serviceWorker.register(new URL('sw.js', document.baseURI), {
      updateViaCache: 'none',
    });
    registration = found;
    watch(found);
    found.addEventListener('updatefound', () => watch(found));
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (updating) location.reload();
    });
  }

  async function store(runtimes: readonly Runtime[]): Promise<void> {
    const { active } = await navigator.serviceWorker.ready;
    const done = active ? await Promise.all(runtimes.map((runtime) => storeRuntime(active, runtime))) : [false];
    stored = done.every(Boolean);
    refresh();
  }

  return {
    subscribe,
    getState,
    changedFile: changed,
    async start(runtimes) {
      // Absent without a secure context and in some private modes; the page then simply needs the network.
      if (locked || !('serviceWorker' in navigator)) return;
      try {
        if (registration === null) await register();
        await store(runtimes);
      } catch {
        // Forbidden by the browser, or a file did not arrive whole: the next visit needs the network and tries again.
      }
    },
    update() {
      updating = true;
      registration?.waiting?.postMessage({ type: 'activate' });
    },
  };
}
