/** The service worker's life → whether the page works without a network, and whether a newer version waits. */

/** `ready`: the next visit needs no network. `update`: a newer version is stored and waits to be used. */
export type OfflineState = 'unavailable' | 'ready' | 'update';

export interface Offline {
  subscribe: (listener: () => void) => () => void;
  getState: () => OfflineState;
  /** Registers the service worker. Call it when the model has loaded, so that the two don't compete. */
  start: () => Promise<void>;
  /** Switches to the waiting version and reloads the page. Only ever on the person's request. */
  update: () => void;
}

export function createOffline(): Offline {
  let state: OfflineState = 'unavailable';
  let registration: ServiceWorkerRegistration | null = null;
  let updating = false;
  const listeners = new Set<() => void>();

  function refresh(): void {
    let next: OfflineState = 'unavailable';
    if (registration?.active?.state === 'activated') next = 'ready';
    if (registration?.waiting && next === 'ready') next = 'update';
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  }

  function watch(worker: ServiceWorker | null): void {
    worker?.addEventListener('statechange', refresh);
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getState: () => state,
    async start() {
      // Absent without a secure context and in some private modes; the page then simply needs the network.
      if (registration !== null || !('serviceWorker' in navigator)) return;
      try {
        registration = await navigator.serviceWorker.register(new URL('sw.js', document.baseURI), {
          updateViaCache: 'none',
        });
      } catch {
        // Forbidden by the browser, or a file did not arrive whole: the next visit needs the network and tries again.
        return;
      }
      registration.addEventListener('updatefound', () => watch(registration?.installing ?? null));
      watch(registration.installing);
      watch(registration.active);
      refresh();
      navigator.serviceWorker.addEventListener('controllerchange', () => {
        refresh();
        if (updating) location.reload();
      });
    },
    update() {
      updating = true;
      registration?.waiting?.postMessage('activate');
    },
  };
}
