/** Workers of the locked page → workers that are bound by its policy as well; code that no other page fetches. */

/**
 * The first lines of a worker. An `import` statement would count as a start from an address, which the policy forbids; an
 * `import()` counts as a script of this site. Messages that come before that has arrived are given to it afterwards.
 */
const beginning = (script: string): string => `
const early = [];
const keep = (event) => { early.push(event); event.stopImmediatePropagation(); };
addEventListener('message', keep);
import(${JSON.stringify(script)}).then(() => {
  removeEventListener('message', keep);
  for (const { data, ports } of early) dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }));
}, reportError);
`;

/**
 * A worker that is started from an address has the policy of that address's headers, and none where a host sends none. One
 * that is started from a blob: has the policy of the page that made it. So on the locked page each worker begins as a blob
 * that imports the script, and the policy (`worker-src blob:`) lets no worker begin in another way.
 */
export function lockWorkers(): void {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(script: string | URL, options?: WorkerOptions) {
      const text = beginning(new URL(script, document.baseURI).href);
      const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
      super(address, { ...options, type: 'module' });
      // The browser has read it when the worker says or fails something; a page starts few, so it stays until then.
      const free = () => URL.revokeObjectURL(address);
      this.addEventListener('message', free, { once: true });
      this.addEventListener('error', free, { once: true });
    }
  };
}
