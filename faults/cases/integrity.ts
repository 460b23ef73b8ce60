/** Group B: bytes that are not the promised ones, on their way and at rest. */
import { noise, sum } from '../model-folder.ts';
import type { QuickCase, Outcome, World } from '../case.ts';
import { WEIGHTS } from './download.ts';

const weightBytes = (chunkBytes: number): number => 10 * chunkBytes + 100;

/** Bytes of chunk `index` of the weights. */
function chunk({ server }: World, index: number): Uint8Array<ArrayBuffer> {
  const size = server.folder.manifest.chunk_bytes;
  return noise(weightBytes(size), 4).slice(index * size, Math.min((index + 1) * size, weightBytes(size)));
}

const keyOf = (world: World, index: number): string => sum(chunk(world, index));

function flipped(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const damaged = bytes.slice();
  damaged[5] = (damaged[5] ?? 0) ^ 4;
  return damaged;
}

/** Flips the lowest bit at `place` of the weights in `times` answers. */
function inTransit(
  id: string,
  title: string,
  place: (chunkBytes: number) => number,
  times: number,
  waste: number,
): QuickCase {
  return {
    id,
    title,
    state: times < 3 ? 'ready' : 'chunk-corrupt',
    waste,
    async run(world) {
      const at = place(world.server.folder.manifest.chunk_bytes);
      world.server.plan = ({ path, count }) => {
        if (path !== WEIGHTS || count >= times) return undefined;
        return {
          alter: (body, first) => {
            if (at >= first && at < first + body.length) body[at - first] = (body[at - first] ?? 0) ^ 1;
            return body;
          },
        };
      };
      return world.load();
    },
  };
}

/** Everything was stored; then `damage` happens, and the next visit has to put it right at the price of `waste`. */
function atRest(id: string, title: string, damage: (world: World) => Promise<void>, waste: number): QuickCase {
  return {
    id,
    title,
    state: 'ready',
    waste,
    async run(world): Promise<Outcome> {
      const before = await world.load();
      if (before.state !== 'ready') return before;
      await damage(world);
      return world.load();
    },
  };
}

export const INTEGRITY: QuickCase[] = [
  inTransit('B01-bit', 'one bit flipped on the way', (size) => 3 * size + 5, 1, 1),
  inTransit('B01-bit-twice', 'the same bit flipped twice', (size) => 3 * size + 5, 2, 2),
  inTransit('B01-first', 'the very first bit flipped', () => 0, 1, 1),
  inTransit('B01-last', 'the very last bit flipped', (size) => weightBytes(size) - 1, 1, 1),
  inTransit('B12-for-ever', 'the same bit flipped in every answer: no endless loop', (size) => 2 * size, 99, 3),
  {
    id: 'B05-other-model',
    title: 'the bytes of another file',
    state: 'chunk-corrupt',
    waste: 33,
    async run(world) {
      world.server.plan = ({ path }) => (path === WEIGHTS ? { alter: (body) => Buffer.alloc(body.length) } : undefined);
      return world.load();
    },
  },
  {
    id: 'B09-tokenizer',
    title: 'the tokenizer is changed on the way',
    state: 'chunk-corrupt',
    waste: 13,
    async run(world) {
      world.server.plan = ({ path }) => (path === 'tokenizer.json' ? { alter: (body) => body.reverse() } : undefined);
      return world.load();
    },
  },
  atRest('B02-bit', 'one stored bit flips', (world) => world.stored.put(keyOf(world, 3), flipped(chunk(world, 3))), 1),
  atRest(
    'B02-zeros',
    'a stored chunk becomes zeros',
    (world) => world.stored.put(keyOf(world, 3), new Uint8Array(world.server.folder.manifest.chunk_bytes)),
    1,
  ),
  atRest(
    'B03-swapped',
    'two stored chunks change places',
    async (world) => {
      await world.stored.put(keyOf(world, 2), chunk(world, 7));
      await world.stored.put(keyOf(world, 7), chunk(world, 2));
    },
    2,
  ),
  atRest(
    'B04-truncated',
    'a stored chunk loses its end',
    (world) => world.stored.put(keyOf(world, 3), chunk(world, 3).slice(0, 100)),
    1,
  ),
  atRest('B04-empty', 'a stored chunk is empty', (world) => world.stored.put(keyOf(world, 3), new Uint8Array()), 1),
  atRest('B04-text', 'a stored chunk is no bytes at all', (world) => world.stored.put(keyOf(world, 3), 'hello'), 1),
  atRest(
    'B06-record-alone',
    'the record without any chunk',
    async ({ stored }) => {
      for (const key of await stored.keys()) await stored.put(key, undefined);
    },
    99,
  ),
  atRest(
    'B07-no-record',
    'the chunks without the record',
    ({ stored, server }) => stored.put(server.url, undefined, 'models'),
    0,
  ),
  atRest(
    'B08-old-record',
    'a record of another version of the page',
    ({ stored, server }) => stored.put(server.url, { schema: 99 }, 'models'),
    0,
  ),
  atRest(
    'B08-odd-record',
    'a record whose fields are nonsense',
    ({ stored, server }) => stored.put(server.url, { schema: 1, complete: { text: 3 } }, 'models'),
    0,
  ),
  atRest(
    'B08-hostile-record',
    'a record whose manifest is hostile',
    ({ stored, server }) =>
      stored.put(
        server.url,
        {
          schema: 1,
          modelUrl: server.url,
          complete: { sum: 'x', text: '{"format":1,"files":[{"path":"../x"}]}', chunks: [], paths: [] },
          pending: null,
          changed_at: 0,
        },
        'models',
      ),
    0,
  ),
];
