/** Features of images in a table of slots: one crop or many, kept while they are used, given away when they are not. */
import { describe, expect, test } from 'vitest';
import { fakeManifest, FakeRuntime, IMAGE_TOKENS, VOCAB } from './test/fake-runtime.ts';
import { Vision } from './vision.ts';

const SLOTS = 5;
const crop = (seed: number) => Float32Array.from({ length: 12 }, (_, i) => (seed * 7 + i) % 11);

async function open() {
  const manifest = fakeManifest();
  const runtime = new FakeRuntime();
  const session = await runtime.createSession(new TextEncoder().encode('vision'));
  const vision = new Vision(runtime, session, manifest, SLOTS * IMAGE_TOKENS);
  const table = async (id: number) => {
    const row = vision.graphId(id) - VOCAB;
    const hidden = manifest.architecture.hidden_size;
    return [...((await runtime.read(vision.table)) as Float32Array)].slice(row * hidden, (row + 1) * hidden);
  };
  return { runtime, vision, table };
}

const tiles = (count: number) => Array.from({ length: count }, () => [{ text: '<t>' }, { rows: IMAGE_TOKENS }]).flat();

describe('images of several crops', () => {
  test('have a range of ids each, whatever their size, and each row is that of its crop', async () => {
    const { vision, table } = await open();
    const [small, large, other] = [
      vision.numberOf('small'),
      vision.numberOf('large', tiles(3)),
      vision.numberOf('other'),
    ];
    expect([small, large, other].map((number) => vision.firstIdOf(number) - VOCAB)).toEqual([
      0,
      IMAGE_TOKENS,
      4 * IMAGE_TOKENS,
    ]);
    await vision.encode(small, [crop(1)], [small, large, other]);
    await vision.encode(large, [crop(2), crop(3), crop(4)], [small, large, other]);
    await vision.encode(other, [crop(3)], [small, large, other]);
    const first = vision.firstIdOf(large);
    // The second crop of one image is the first of another: the same features.
    for (let row = 0; row < IMAGE_TOKENS; row++)
      expect(await table(first + IMAGE_TOKENS + row)).toEqual(await table(vision.firstIdOf(other) + row));
    expect(await table(first)).not.toEqual(await table(first + IMAGE_TOKENS));
    expect(vision.layoutOf(large)).toHaveLength(6);
  });

  test('give all their slots away together, the least recently used first', async () => {
    const { vision } = await open();
    const [a, b, c] = [vision.numberOf('a', tiles(3)), vision.numberOf('b', tiles(2)), vision.numberOf('c', tiles(3))];
    await vision.encode(a, [crop(1), crop(2), crop(3)], [a]);
    await vision.encode(b, [crop(4), crop(5)], [b]);
    expect(vision.has(a)).toBe(true); // used again, so b goes first; it is not enough, so a goes too
    await vision.encode(c, [crop(6), crop(7), crop(8)], [c]);
    expect([a, b, c].map((number) => vision.has(number))).toEqual([false, false, true]);
    expect(() => vision.graphId(vision.firstIdOf(a))).toThrow(/not encoded/);
    await vision.encode(b, [crop(4), crop(5)], [b, c]);
    expect(vision.has(c)).toBe(true);
  });

  test('that do not fit, or whose run fails, leave no slot behind', async () => {
    const { vision, runtime } = await open();
    const [kept, tooLarge, failing] = [
      vision.numberOf('kept'),
      vision.numberOf('too large', tiles(5)),
      vision.numberOf('f', tiles(4)),
    ];
    await vision.encode(kept, [crop(1)], [kept]);
    await expect(vision.encode(tooLarge, [1, 2, 3, 4, 5].map(crop), [kept, tooLarge])).rejects.toMatchObject({
      code: 'context-full',
    });
    let runs = 0;
    runtime.beforeRun = () => {
      if (++runs === 3) throw new Error('device');
    };
    await expect(vision.encode(failing, [1, 2, 3, 4].map(crop), [kept])).rejects.toThrow('device');
    runtime.beforeRun = null;
    expect(vision.has(failing)).toBe(false);
    await vision.encode(failing, [1, 2, 3, 4].map(crop), [kept, failing]);
    expect([kept, failing].map((number) => vision.has(number))).toEqual([true, true]);
  });
});
