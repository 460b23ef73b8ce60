import { describe, expect, it } from 'vitest';
import { judge, type QuickCase } from './case.ts';
import { ADAPTERS } from './cases/adapters.ts';
import { DIALECT } from './cases/dialect.ts';
import { DOWNLOAD } from './cases/download.ts';
import { INTEGRITY } from './cases/integrity.ts';
import { MANIFESTS } from './cases/manifests.ts';
import { PICTURES_IN_NODE } from './cases/pictures.ts';
import { SERVER } from './cases/server.ts';
import { STRUCTURED } from './cases/structured.ts';
import { TABLES } from './cases/tables.ts';
import { judgePart, type NodeCase } from './part-case.ts';
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

describe.each<[string, NodeCase[]]>([
  ['pictures', PICTURES_IN_NODE],
  ['structured answers', STRUCTURED],
  ["OpenAI's dialect", DIALECT],
  ['tables', TABLES],
  ['adapters', ADAPTERS],
  ['the server', SERVER],
])('%s: right, or the named error', (_, cases) => {
  it.each(cases)('$id $title', async (one) => {
    expect((await judgePart(one, undefined)).problems).toEqual([]);
  });
});
