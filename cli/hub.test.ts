import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { folderSink } from '../files/node/sink.ts';
import { downloadCheckpoint, isHubName } from './hub.ts';
import { type HubServer, startHub } from '../builder/test/hub-server.ts';

const FILES: Readonly<Record<string, Buffer>> = {
  'config.json': Buffer.from('{"architectures":["MiphaPhiForCausalLM"]}'),
  'tokenizer.json': Buffer.from('{}'),
  'model.safetensors': Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 31) % 251)),
  'pytorch_model.bin': Buffer.from('not wanted'),
  'README.md': Buffer.from('not wanted'),
};

const REPO = 'someone/model';

let models = '';
let hub: HubServer;
let COMMIT = '';
let directory = '';

beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'hub-'));
  await mkdir(join(models, REPO), { recursive: true });
  for (const [name, bytes] of Object.entries(FILES)) await writeFile(join(models, REPO, name), bytes);
});
afterAll(() => rm(models, { recursive: true }));
beforeEach(async () => {
  hub = await startHub(models);
  COMMIT = await hub.commit(REPO);
  directory = await mkdtemp(join(tmpdir(), 'hub-'));
});
afterEach(async () => {
  await hub.close();
  await rm(directory, { recursive: true });
});

const download = (token?: string) =>
  downloadCheckpoint({ repo: REPO, sink: folderSink(directory), endpoint: hub.endpoint, token });
const weights = (): Promise<Buffer> => readFile(join(directory, 'model.safetensors'));

describe('downloadCheckpoint', () => {
  test('fetches what the builder reads and nothing else, and the second time nothing', async () => {
    expect(await download()).toBe(COMMIT);
    expect((await readdir(directory)).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    expect(await weights()).toEqual(FILES['model.safetensors']);
    hub.log.length = 0;
    await download();
    expect(hub.log.map(({ url }) => url)).toEqual(['/api/models/someone/model/revision/main?blobs=true']);
  });

  test('goes on where a connection broke', async () => {
    hub.behaviour = { cut: { after: 20_000, times: 2 } };
    await download();
    expect(await weights()).toEqual(FILES['model.safetensors']);
    const ranges = hub.log.filter(({ url }) => url.endsWith('model.safetensors')).map(({ range }) => range);
    expect(ranges).toEqual([undefined, 'bytes=20000-', 'bytes=40000-']);
  });

  test('goes on in a later run, and begins again when the server ignores the range', async () => {
    const partial = join(directory, `model.safetensors.${COMMIT.slice(0, 12)}.partial`);
    await writeFile(partial, (FILES['model.safetensors'] as Buffer).subarray(0, 30_000));
    hub.behaviour = { ignoreRange: true };
    await download();
    expect(await weights()).toEqual(FILES['model.safetensors']);
    expect((await readdir(directory)).some((name) => name.endsWith('.partial'))).toBe(false);
  });

  test('refuses bytes that do not have the promised checksum', async () => {
    hub.behaviour = { corrupt: true };
    await expect(download()).rejects.toMatchObject({ code: 'chunk-corrupt' });
    expect(await readdir(directory)).not.toContain('model.safetensors');
    hub.behaviour = {};
    await download();
    expect(await weights()).toEqual(FILES['model.safetensors']);
  });

  test('a damaged file of the right size is fetched again', async () => {
    await writeFile(join(directory, 'model.safetensors'), Buffer.alloc(50_000));
    await download();
    expect(await weights()).toEqual(FILES['model.safetensors']);
  });

  test('a private model needs its token, and the error says so', async () => {
    hub.behaviour = { token: 'secret' };
    await expect(download()).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('HF_TOKEN'),
    });
    await download('secret');
    expect(await weights()).toEqual(FILES['model.safetensors']);
  });

  test('a busy server is asked again', async () => {
    hub.behaviour = { failures: 2 };
    await download();
    expect(await weights()).toEqual(FILES['model.safetensors']);
  });

  test.each([
    [[{ rfilename: '../../evil.safetensors', size: 1 }]],
    [[{ rfilename: 'model.bin', size: 1 }]],
    [[{ rfilename: 7 }]],
    [[]],
  ])('a file list without usable weights is a named error: %j', async (siblings) => {
    hub.behaviour = { siblings };
    await expect(download()).rejects.toMatchObject({ code: 'download-failed' });
    expect(await readdir(directory)).toEqual([]);
  });
});

test.each([
  ['zhumj34/Mipha-3B', true],
  ['./folder', false],
  ['folder', false],
  ['../up', false],
  ['a/b/c', false],
  ['/abs/path', false],
  ['a/..', false],
])('isHubName(%j) is %j', (source, expected) => {
  expect(isHubName(source)).toBe(expected);
});
