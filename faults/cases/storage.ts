/** Group C: browsers that store nothing, not enough, or not at the first try. */
import { type Folder, modelFolder, noise } from '../model-folder.ts';
import { type BrowserCase, sizeOf } from '../case.ts';
import { WEIGHTS } from './download.ts';

export const CHUNK = 64 * 1024;
export const WEIGHT_BYTES = 40 * CHUNK + 100;
/** A model of 2.6 MB in chunks of 64 KiB: large beside the database's own overhead. */
export const large = (): Folder => modelFolder({ [WEIGHTS]: noise(WEIGHT_BYTES, 5) }, 'Large model', CHUNK);
/** Its chunks: waste of a case that may fetch everything again. */
export const LARGE = 44;
const LARGE_BYTES = sizeOf(large());

/** A script for later pages: `put` on the chunks throws, or ends its transaction, from call `from` on, `times` times. */
const failingPuts = (from: number, times: number, how: string): string => `{
  const put = IDBObjectStore.prototype.put;
  let calls = 0;
  IDBObjectStore.prototype.put = function (...args) {
    const call = this.name === 'chunks' ? calls++ : -1;
    if (call < ${from} || call >= ${from + times}) return put.apply(this, args);
    ${how}
  };
}`;
const throwing = (name: string): string => `throw new DOMException('as told', '${name}');`;
const ABORT = 'const request = put.apply(this, args); this.transaction.abort(); return request;';
const CLOSE =
  'const request = put.apply(this, args); this.transaction.db.close(); this.transaction.abort(); return request;';

function injected(id: string, title: string, state: 'ready' | 'in-memory', script: string, waste: number): BrowserCase {
  return {
    id,
    title,
    state,
    folder: large,
    waste,
    async run(world) {
      await world.browser.inject(script);
      return world.load();
    },
  };
}

/** The browser lets the site keep `percent` % of the model, as it says before the first byte. */
const quotaBefore = (percent: number): BrowserCase => ({
  id: `C01-quota-${percent}`,
  title: `room for ${percent} % of the model`,
  state: 'in-memory',
  says: /allows this site|no more room/,
  folder: large,
  waste: LARGE,
  async run(world) {
    await world.browser.setQuota(Math.max(1, Math.round((LARGE_BYTES * percent) / 100)));
    return world.load();
  },
});

/** The disk is full when `percent` % of the weights have been sent, although the browser promised room. */
const quotaDuring = (percent: number): BrowserCase => ({
  id: `C01-full-at-${percent}`,
  title: `promised room is used up after ${percent} %`,
  state: 'in-memory',
  folder: large,
  waste: LARGE,
  async run(world) {
    const from = Math.round((42 * percent) / 100);
    await world.browser.inject(failingPuts(from, 1000, throwing('QuotaExceededError')));
    return world.load();
  },
});

export const STORAGE: BrowserCase[] = [
  quotaBefore(0),
  quotaBefore(50),
  quotaBefore(95),
  quotaDuring(0),
  quotaDuring(50),
  quotaDuring(95),
  injected(
    'C03-absent',
    'no IndexedDB',
    'in-memory',
    'delete globalThis.indexedDB; Object.defineProperty(globalThis, "indexedDB", { value: undefined })',
    LARGE,
  ),
  injected(
    'C03-denied',
    'reading indexedDB throws',
    'in-memory',
    'Object.defineProperty(globalThis, "indexedDB", { get() { throw new DOMException("denied", "SecurityError"); } })',
    LARGE,
  ),
  injected(
    'C03-refused',
    'opening the database throws',
    'in-memory',
    'IDBFactory.prototype.open = () => { throw new DOMException("denied", "SecurityError"); }',
    LARGE,
  ),
  injected(
    'C04-silent',
    'opening the database never ends',
    'in-memory',
    'IDBFactory.prototype.open = () => ({})',
    LARGE,
  ),
  injected('C07-abort', 'one write is aborted', 'ready', failingPuts(7, 1, ABORT), 1),
  injected(
    'C07-abort-all',
    'every write is aborted from the eighth on',
    'in-memory',
    failingPuts(7, 1000, ABORT),
    LARGE,
  ),
  injected('C06-closed', 'the connection is closed in the middle of a write', 'ready', failingPuts(9, 1, CLOSE), 1),
  injected('C08-unknown', 'UnknownError at one write', 'ready', failingPuts(3, 1, throwing('UnknownError')), 1),
  injected(
    'C08-clone',
    'DataCloneError at every write',
    'in-memory',
    failingPuts(0, 1000, throwing('DataCloneError')),
    LARGE,
  ),
  injected(
    'C02-estimate',
    'the estimate fails',
    'ready',
    'StorageManager.prototype.estimate = () => Promise.reject(new TypeError("no"))',
    0,
  ),
  injected(
    'C11-no-locks',
    'no Web Locks',
    'ready',
    'Object.defineProperty(navigator, "locks", { value: undefined })',
    0,
  ),
  injected('C11-no-channel', 'no BroadcastChannel', 'ready', 'delete globalThis.BroadcastChannel', 0),
];
