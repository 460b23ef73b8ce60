/** Group D: several tabs of the same site. */
import type { BrowserCase } from '../case.ts';
import { WEIGHTS } from './download.ts';

/** The tab that writes ends in the middle, while another one follows it. */
const writerEnds = (id: string, how: 'close' | 'crash'): BrowserCase => ({
  id,
  title: `the tab that writes ${how === 'close' ? 'is closed' : 'crashes'}: the other takes over`,
  state: 'ready',
  async run({ browser, server, stored }) {
    server.plan = ({ path, count }) =>
      path === WEIGHTS && count === 0 ? { stallAfter: 5 * server.folder.manifest.chunk_bytes } : undefined;
    const writer = await browser.begin();
    while ((await stored.keys().catch(() => [])).length < 8) await new Promise((resolve) => setTimeout(resolve, 50));
    const follower = await browser.begin();
    await writer.end(how);
    return follower.outcome;
  },
});

export const TABS: BrowserCase[] = [
  {
    id: 'D01-two-tabs',
    title: 'two tabs fetch at once: one writes, both are ready',
    state: 'ready',
    waste: 0,
    async run({ browser }) {
      const [one, two] = await Promise.all([browser.begin(), browser.begin()]);
      const outcomes = await Promise.all([one.outcome, two.outcome]);
      return outcomes.find(({ state }) => state !== 'ready') ?? outcomes[1];
    },
  },
  writerEnds('D02-writer-closed', 'close'),
  writerEnds('D02-writer-crashed', 'crash'),
  {
    id: 'D04-deleted',
    title: 'the model is deleted in one tab: the other is told, and a third fetches it again',
    state: 'ready',
    waste: 20,
    async run(world) {
      await world.load();
      const told = world.browser.evaluate<{ type: string; modelUrl: string }>(
        'const change = harness.nextChange(); localStorage.setItem("listens", "yes"); change',
      );
      // Whoever listens too late is told nothing, and waits for ever.
      await world.browser.evaluate(
        `(async () => {
          while (localStorage.getItem("listens") === null) await new Promise((next) => setTimeout(next, 50));
          await harness.deleteModel(${JSON.stringify(world.server.url)});
        })()`,
      );
      const change = await told;
      if (change.type !== 'deleted' || change.modelUrl !== world.server.url)
        throw new Error('the other tab was not told');
      if ((await world.stored.keys()).length > 0) throw new Error('deleting left chunks behind');
      return world.load();
    },
  },
];
