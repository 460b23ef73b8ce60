/** Group C: what is stored goes away, or the one who stores does. */
import type { BrowserCase, RunningVisit } from '../case.ts';
import { noise, sum } from '../model-folder.ts';
import { WEIGHTS } from './download.ts';
import { CHUNK, LARGE, large, WEIGHT_BYTES } from './storage.ts';

const ended = (how: 'close' | 'crash', percent: number): BrowserCase => ({
  id: `C14-${how}-${percent}`,
  title: `the tab ${how === 'close' ? 'is closed' : 'crashes'} at ${percent} %`,
  state: 'ready',
  folder: large,
  // What the dying page had received and not yet stored.
  waste: 4,
  async run(world) {
    const at = Math.round((WEIGHT_BYTES * percent) / 100);
    world.server.plan = ({ path, count }) => (path === WEIGHTS && count === 0 ? { stallAfter: at } : undefined);
    const visit = await world.browser.begin();
    await arrived(world.stored.keys, Math.floor(at / CHUNK));
    await visit.end(how);
    return world.load();
  },
});

/** Waits until the chunks of the weights up to `count` are stored. */
async function arrived(keys: () => Promise<string[]>, count: number): Promise<void> {
  const all = noise(WEIGHT_BYTES, 5);
  const sums = Array.from({ length: count }, (_, index) => sum(all.subarray(index * CHUNK, (index + 1) * CHUNK)));
  for (;;) {
    const present = new Set(await keys().catch(() => [])); // the database may not exist yet
    if (sums.every((each) => present.has(each))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A load that stands still after twenty chunks, all of them stored. */
async function halfway({ server, browser, stored }: Parameters<BrowserCase['run']>[0]): Promise<RunningVisit> {
  server.plan = ({ path, count }) => (path === WEIGHTS && count === 0 ? { stallAfter: 20 * CHUNK } : undefined);
  const visit = await browser.begin({ timing: { stallMs: 3000 } });
  await arrived(stored.keys, 20);
  return visit;
}

export const LOSSES: BrowserCase[] = [
  {
    id: 'C04-blocked',
    title: 'an old tab blocks the database',
    state: 'in-memory',
    says: /does not let the page keep data/,
    folder: large,
    waste: LARGE,
    async run(world) {
      // A connection that does not let go, and a deletion that waits for it: everybody who opens waits behind both.
      await world.browser.evaluate(
        'new Promise((done) => { const r = indexedDB.open("models", 1); r.onupgradeneeded = () => { for (const s of ["chunks", "models"]) r.result.createObjectStore(s); }; r.onsuccess = () => { globalThis.held = r.result; done(); }; })',
      );
      await world.browser.evaluate('void indexedDB.deleteDatabase("models")');
      return world.load();
    },
  },
  {
    id: 'C05-newer',
    title: 'the database was upgraded by a newer page',
    state: 'in-memory',
    folder: large,
    waste: LARGE,
    async run(world) {
      await world.browser.evaluate(
        'new Promise((done) => { const r = indexedDB.open("models", 9); r.onsuccess = () => { r.result.close(); done(); }; })',
      );
      const outcome = await world.load();
      await world.browser.evaluate('new Promise((done) => { indexedDB.deleteDatabase("models").onsuccess = done; })');
      return outcome;
    },
  },
  {
    id: 'C05-deleted',
    title: 'another tab deletes the whole database in the middle',
    state: 'ready',
    folder: large,
    waste: LARGE,
    async run(world) {
      const visit = await halfway(world);
      await world.browser.evaluate('new Promise((done) => { indexedDB.deleteDatabase("models").onsuccess = done; })');
      return visit.outcome;
    },
  },
  {
    id: 'C09-evicted',
    title: 'everything is evicted between two visits',
    state: 'ready',
    folder: large,
    waste: LARGE,
    async run(world) {
      await world.load();
      await world.browser.evict();
      return world.load();
    },
  },
  {
    id: 'C09-evicted-during',
    title: 'everything is evicted in the middle of the download',
    state: 'ready',
    folder: large,
    waste: LARGE,
    async run(world) {
      const visit = await halfway(world);
      await world.browser.evict();
      return visit.outcome;
    },
  },
  {
    id: 'C10-partial',
    title: 'seven chunks are evicted',
    state: 'ready',
    folder: large,
    waste: 7,
    async run(world) {
      await world.load();
      for (const key of (await world.stored.keys()).slice(0, 7)) await world.stored.put(key, undefined);
      return world.load();
    },
  },
  ended('close', 30),
  ended('crash', 10),
  ended('crash', 50),
  ended('crash', 75),
  ended('crash', 99),
  {
    id: 'C14-browser',
    title: 'the whole browser is killed at 60 %',
    state: 'ready',
    folder: large,
    profile: true,
    // Chunks are stored without waiting for the disk; a killed browser may lose the last ones.
    waste: 6,
    async run(world) {
      world.server.plan = ({ path, count }) =>
        path === WEIGHTS && count === 0 ? { stallAfter: Math.round(WEIGHT_BYTES * 0.6) } : undefined;
      await world.browser.begin();
      await arrived(world.stored.keys, 24);
      await world.browser.restart();
      return world.load();
    },
  },
];
