/** Group A, what only a browser shows: other origins, redirects, lines that go away and come back. */
import type { BrowserCase } from '../case.ts';
import { modelFolder } from '../model-folder.ts';
import { chunkOf, first, middle, WEIGHTS, WEIGHTS_AGAIN } from './download.ts';

export const ORIGINS_AND_NETWORKS: BrowserCase[] = [
  {
    id: 'A15-gzip-part',
    title: 'cut, then gzipped parts, which browsers do not unpack',
    state: 'download-failed',
    waste: 5 * WEIGHTS_AGAIN,
    async run(world) {
      world.server.plan = (request) => {
        if (request.path !== WEIGHTS) return undefined;
        return request.count === 0 ? { cutAfter: middle(chunkOf(world)) } : { gzip: true };
      };
      return world.load();
    },
  },
  {
    id: 'A10-redirect',
    title: 'redirect to another origin that may be read',
    state: 'ready',
    waste: WEIGHTS_AGAIN,
    async run(world) {
      const other = await world.otherServer(world.server.folder);
      other.openToAll = true;
      world.server.plan = ({ path }) =>
        path === WEIGHTS ? { status: 302, body: '', headers: { location: `${other.url}${WEIGHTS}` } } : undefined;
      return world.load();
    },
  },
  {
    id: 'A10-redirect-closed',
    title: 'redirect to another origin that may not be read',
    state: 'download-failed',
    async run(world) {
      const other = await world.otherServer(world.server.folder);
      world.server.plan = ({ path }) =>
        path === WEIGHTS ? { status: 302, body: '', headers: { location: `${other.url}${WEIGHTS}` } } : undefined;
      return world.load();
    },
  },
  {
    id: 'A10-redirect-loop',
    title: 'redirect to itself',
    state: 'download-failed',
    async run(world) {
      world.server.plan = ({ path }) =>
        path === WEIGHTS
          ? { status: 302, body: '', headers: { location: `${world.server.url}${WEIGHTS}` } }
          : undefined;
      return world.load();
    },
  },
  {
    id: 'A10-no-cors',
    title: 'a model on an origin that may not be read',
    state: 'download-failed',
    says: /Access-Control-Allow-Origin/,
    async run(world) {
      const other = await world.otherServer(world.server.folder);
      return world.load({ url: other.url });
    },
  },
  {
    id: 'A10-cors',
    title: 'a model on another origin that may be read, cut once',
    state: 'ready',
    async run(world) {
      const other = await world.otherServer(world.server.folder);
      other.openToAll = true;
      other.plan = first({ cutAfter: middle(chunkOf(world)) }, 1);
      return world.load({ url: other.url });
    },
  },
  {
    id: 'A17-offline-start',
    title: 'offline from the start',
    state: 'download-failed',
    says: /connection/,
    async run(world) {
      await world.browser.setNetwork('offline');
      return world.load();
    },
  },
  {
    id: 'A17-offline-middle',
    title: 'offline in the middle, then back',
    state: 'ready',
    async run(world) {
      world.server.plan = ({ path, count }) => {
        if (path !== WEIGHTS || count > 0) return undefined;
        void world.browser
          .setNetwork('offline')
          .then(() => setTimeout(() => void world.browser.setNetwork('normal'), 400));
        return { stallAfter: 5 * chunkOf(world) };
      };
      return world.load({ timing: { retryDelayMs: 300, maxTries: 8 } });
    },
  },
  {
    id: 'A20-slow',
    title: 'a line of 56 kbit/s',
    state: 'ready',
    // The usual model would take minutes.
    folder: () => modelFolder({}, 'Test model', 4 * 1024),
    async run(world) {
      await world.browser.setNetwork('slow');
      return world.load();
    },
  },
];
