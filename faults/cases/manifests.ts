/** Group I: manifests that are broken or hostile. None of them may make the page fetch a single file. */
import { modelFolder } from '../model-folder.ts';
import type { QuickCase } from '../case.ts';

type Loose = Record<string, unknown> & { files: Record<string, unknown>[]; variants: Record<string, unknown>[] };

function served(id: string, title: string, text: () => string): QuickCase {
  return {
    id,
    title,
    state: 'manifest-invalid',
    async run(world) {
      const body = text();
      world.server.plan = ({ path }) => (path === 'manifest.json' ? { body } : undefined);
      const outcome = await world.load();
      if (world.server.sent() > 0) throw new Error('a file of a hostile manifest was fetched');
      return outcome;
    },
  };
}

/** The usual manifest after `damage`. */
const damaged = (id: string, title: string, damage: (manifest: Loose) => void): QuickCase =>
  served(id, title, () => {
    const manifest = structuredClone(modelFolder().manifest) as unknown as Loose;
    damage(manifest);
    return JSON.stringify(manifest);
  });

const path = (id: string, name: string): QuickCase =>
  damaged(id, `the path ${JSON.stringify(name)}`, ({ files }) => {
    Object.assign(files[3] as object, { path: name });
  });

const bytes = (id: string, value: unknown): QuickCase =>
  damaged(id, `a file of ${JSON.stringify(value)} bytes`, ({ files }) => {
    Object.assign(files[3] as object, { bytes: value });
  });

export const MANIFESTS: QuickCase[] = [
  path('I01-parent', '../secret.bin'),
  path('I01-encoded', '%2e%2e/secret.bin'),
  path('I01-backslash', '..\\secret.bin'),
  path('I01-absolute', '/etc/passwd'),
  path('I01-host', '//evil.example/x.bin'),
  path('I01-scheme', 'https://evil.example/x.bin'),
  path('I01-data', 'data:text/plain,x'),
  path('I01-nul', 'weights/0\u0000.bin'),
  path('I01-hidden', '.hidden/x.bin'),
  path('I01-self', 'manifest.json'),
  path('I02-twice', 'tokenizer.json'),
  bytes('I03-negative', -1),
  bytes('I03-huge', 2 ** 60),
  bytes('I03-fraction', 1.5),
  bytes('I03-text', '10340'),
  bytes('I03-more-than-chunks', 10_340 + 4096),
  damaged('I03-sum', 'a variant whose size is not the sum of its files', ({ variants }) => {
    Object.assign(variants[0] as object, { bytes: 1 });
  }),
  damaged('I04-files', '100 000 files', (manifest) => {
    manifest.files = Array.from({ length: 100_000 }, () => manifest.files[0] as Record<string, unknown>);
  }),
  damaged('I05-version', 'a format of the future', (manifest) => void (manifest['format'] = 2)),
  served('I06-proto', 'fields through __proto__', () => `{"__proto__":${JSON.stringify(modelFolder().manifest)}}`),
  served('I06-deep', 'brackets 100 000 deep', () => '['.repeat(100_000)),
  served('I07-cut', 'half a manifest', () => JSON.stringify(modelFolder().manifest).slice(0, 900)),
  served('I07-empty', 'an empty answer', () => ''),
  damaged('I08-chunk-size', 'chunks of one byte', (manifest) => void (manifest['chunk_bytes'] = 1)),
  damaged('I08-hash', 'a hash that is none', ({ files }) => {
    (files[3] as { chunks: string[] }).chunks[0] = '../../../x';
  }),
];
