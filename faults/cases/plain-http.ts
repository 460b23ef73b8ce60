/** Group H: a page over plain http from another host, where browsers leave out Web Crypto, the GPU and much else. */
import { createHash } from 'node:crypto';
import { corpus } from '../../cli/test/corpus.ts';
import type { BrowserCase } from '../case.ts';
import { noise } from '../model-folder.ts';
import { holds, type PageCase, same } from '../part-case.ts';
import { PLAIN_HTTP_HOST as host } from '../browser.ts';
import { chunkOf, first, middle, WEIGHTS } from './download.ts';

/** Bytes whose lengths surround the blocks of SHA-256. */
const LENGTHS = [0, 1, 55, 56, 63, 64, 65, 119, 120, 100_000];
const sumOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The store's own promises, kept without Web Crypto. */
export const STORE_OVER_HTTP: BrowserCase[] = [
  {
    id: 'H01-model',
    title: 'over plain http: a model',
    state: 'ready',
    host,
    run: (world) => world.load(),
  },
  {
    id: 'H01-cut',
    title: 'over plain http: cut once in the middle of a chunk',
    state: 'ready',
    host,
    async run(world) {
      world.server.plan = first({ cutAfter: middle(chunkOf(world)) }, 1);
      return world.load();
    },
  },
  {
    id: 'H01-wrong-bytes',
    title: 'over plain http: a byte that is wrong each time is found without Web Crypto',
    state: 'chunk-corrupt',
    host,
    waste: 12,
    async run(world) {
      world.server.plan = ({ path }) =>
        path === WEIGHTS ? { alter: (body) => (body.fill(0, 0, Math.min(9, body.length)), body) } : undefined;
      return world.load();
    },
  },
  {
    id: 'H01-offline',
    title: 'over plain http: offline',
    state: 'download-failed',
    host,
    says: /connection/,
    async run(world) {
      await world.browser.setNetwork('offline');
      return world.load();
    },
  },
];

const overHttp = (one: PageCase): PageCase => ({
  ...one,
  title: `over plain http: ${one.title}`,
  host,
  async run(parts) {
    same(await parts.missing(), ['randomUUID', 'subtle'], 'what is missing here');
    await one.run(parts);
  },
});

const PARTS: PageCase[] = [
  {
    id: 'H02-ids',
    title: 'ids without randomUUID are UUIDs, and no two the same',
    state: 'right',
    async run(parts) {
      const ids = await parts.ids();
      const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
      holds(ids.every((id) => form.test(id)) && new Set(ids).size === 100, `${ids[0]}`);
    },
  },
  {
    id: 'H02-sha256',
    title: 'sums without Web Crypto are those of Node',
    state: 'right',
    async run(parts) {
      for (const length of LENGTHS) {
        const bytes = Buffer.from(noise(length, 7));
        same(await parts.sha256(bytes), sumOf(bytes), `the sum of ${length} bytes`);
      }
    },
  },
  {
    id: 'H02-running-sum',
    title: 'sums as bytes pass, in pieces of 63',
    state: 'right',
    async run(parts) {
      const bytes = Buffer.from(noise(10_000, 9));
      same(await parts.runningSum(bytes, 63), sumOf(bytes), 'the sum');
    },
  },
  {
    id: 'H02-gpu',
    title: 'a GPU that was asked for is refused with what to do',
    state: 'webgpu-missing',
    because: { reason: 'insecureContext' },
    says: /https or on localhost/,
    run: (parts) => parts.gpu(),
  },
  {
    id: 'H02-picture',
    title: 'a picture is added and opened',
    state: 'right',
    async run(parts) {
      const { width, height } = await parts.decode(Buffer.from(corpus().get('drawing.png') ?? ''));
      same([width, height], [61, 43], 'its size');
    },
  },
];

export const PARTS_OVER_HTTP: PageCase[] = PARTS.map(overHttp);
