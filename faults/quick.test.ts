import { describe, expect, it } from 'vitest';
import { judge, type QuickCase } from './case.ts';
import { DOWNLOAD } from './cases/download.ts';
import { INTEGRITY } from './cases/integrity.ts';
import { MANIFESTS } from './cases/manifests.ts';
import { nodeWorld } from './test/node-world.ts';

describe.each<[string, QuickCase[]]>([
  ['download', DOWNLOAD],
  ['integrity', INTEGRITY],
  ['manifests', MANIFESTS],
])('%s: the named state, and a retry that fetches only the rest, after', (_, cases) => {
  it.each(cases)('$id $title', async (one) => {
    const world = await nodeWorld(one.folder?.());
    const { problems } = await judge(one, world, async () => {
      world.server.plan = () => undefined;
    });
    expect(problems).toEqual([]);
  });
});
