/** The service worker's life → whether the page works without a network, and whether a newer version waits. */
import type { Device } from '../../contract/backend.ts';

/** `ready`: the next visit needs no network. `update`: a newer version is stored and waits to be used. */
export type OfflineState = 'unavailable' | 'ready' | 'update';

export interface Offline {
  subscribe: (listener: () => void) => () => void;
  getState: () => OfflineState;
  /**
   * Registers the service worker and has it store the runtime of `device`. Call it when the model is ready, so that the
   * two don't compete for the network.
   */
  start: (device: Device) => Promise<void>;
  /** Switches to the waiting version and reloads the page. Only ever on the person's request. */
  update: () => void;
}

/** Resolves to true when the worker has stored the runtime. */
function storeRuntime(worker: ServiceWorker, runtime: Device): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', ({ data }) => {
      port1.close();
      resolve(data === true);
    });
    port1.start();
    worker.postMessage({ type: 'store-runtime', runtime }, [port2]);
  });
}

export function createOffline(): Offline {
  let state: OfflineState = 'unavailable';
  let registration: ServiceWorkerRegistration | null = null;
  let stored = false;
  let updating = false;
  const listeners = new Set<() => void>();

  function refresh(): void {
    let next: OfflineState = stored ? 'ready' : 'unavailable';
    if (stored && registration?.waiting) next = 'update';
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  }

  function watch({ installing }: ServiceWorkerRegistration): void {
    installing?.addEventListener('statechange', refresh);
  }

  async function register(device: Device): Promise<void> {
    const found = await navigator.serviceWorker.register(new URL('sw.js', document.baseURI), {
      updateViaCache: 'none',
    });
    registration = found;
    watch(found);
    found.addEventListener('updatefound', () => watch(found));
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (updating) location.reload();
    });
    const { active } = await navigator.serviceWorker.ready;
    stored = active !== null && (await storeRuntime(active, device));
    refresh();
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getState: () => state,
    async start(device) {
      // Absent without a secure context and in some private modes; the page then simply needs the network.
      if (registration !== null || !('serviceWorker' in navigator)) return;
      try {
        await register(device);
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
