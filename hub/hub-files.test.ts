import { IDBFactory } from 'fake-indexeddb';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type HubServer, startHub } from '../builder/test/hub-server.ts';
import { CHUNK_BYTES } from '../contract/manifest.ts';
import { asAppError } from '../contract/errors.ts';
import { deleteModel, listModels } from '../store/store.ts';
import { fileUrl, parseHubAddress } from '../files/hub/address.ts';
import { openHubFiles } from './open-files.ts';
import { parseListing } from '../files/hub/listing.ts';

const LARGE = 'onnx/decoder_model_merged.onnx';
/** Two pieces and a bit. */
const weights = Buffer.from(Uint8Array.from({ length: 2 * CHUNK_BYTES + 1000 }, (_, i) => (i * 31 + (i >> 10)) % 251));
const TIMING = { retryDelayMs: 1, maxRetryDelayMs: 5, stallMs: 5000, maxTries: 3 };

let folder = '';
let hub: HubServer;
let environment: { indexedDB: IDBFactory; locks: undefined; storage: undefined };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-'));
  await mkdir(join(folder, 'tiny/model/onnx'), { recursive: true });
  await writeFile(join(folder, 'tiny/model/config.json'), '{"model_type":"llava"}');
  await writeFile(join(folder, 'tiny/model', LARGE), weights);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  hub = await startHub(folder);
  environment = { indexedDB: new IDBFactory(), locks: undefined, storage: undefined };
});
afterEach(() => hub.close());

const address = () => parseHubAddress(`${hub.endpoint}/tiny/model`);
const open = (at = address()) => openHubFiles(at, { environment, timing: TIMING });
const failure = async (task: Promise<unknown>) =>
  asAppError(
    await task.then(
      () => null,
      (thrown: unknown) => thrown,
    ),
  );

describe('files of a hub model', () => {
  test('come through redirects, are judged by the hub’s sum, and come once', async () => {
    const files = await open();
    const progress: number[] = [];
    await files.fetchFiles([LARGE, 'config.json'], { onProgress: ({ loaded_bytes }) => progress.push(loaded_bytes) });
    expect(Buffer.from(await files.read(LARGE)).equals(weights)).toBe(true);
    expect(progress.at(-1)).toBe(weights.length + 22);
    expect(files.notStoredReason).toBeNull();
    hub.requests.length = 0;
    const again = await open();
    await again.fetchFiles([LARGE, 'config.json']);
    expect(Buffer.from(await again.read(LARGE)).equals(weights)).toBe(true);
    expect(hub.requests).toEqual(['/api/models/tiny/model/revision/main']);
  });

  test('are there without a network', async () => {
    const at = address();
    const online = await open();
    await online.fetchFiles([LARGE]);
    await hub.close();
    const offline = await open(at);
    await offline.fetchFiles([LARGE]);
    expect((await offline.read(LARGE)).length).toBe(weights.length);
    hub = await startHub(folder);
  });

  test('go on where a connection broke, and where an earlier visit stopped', async () => {
    hub.behaviour = { cut: { after: CHUNK_BYTES + 500, times: 1 } };
    await (await open()).fetchFiles([LARGE]);
    const starts = hub.requests.filter((path) => path.startsWith('/cdn/')).map((path) => path.split('#')[1] ?? '0');
    expect(starts).toEqual(['0', String(CHUNK_BYTES + 500)]);

    environment = { ...environment, indexedDB: new IDBFactory() };
    hub.behaviour = { cut: { after: CHUNK_BYTES + 500, times: 9 } };
    const impatient = await openHubFiles(address(), { environment, timing: { ...TIMING, maxTries: 1 } });
    expect(await failure(impatient.fetchFiles([LARGE]))).toMatchObject({ code: 'download-failed' });
    hub.behaviour = {};
    hub.requests.length = 0;
    const files = await open();
    await files.fetchFiles([LARGE]);
    expect(Buffer.from(await files.read(LARGE)).equals(weights)).toBe(true);
    expect(hub.requests.at(-1)).toBe(`/cdn/tiny/model/${LARGE}#${CHUNK_BYTES}`);
  });

  test('that are not what the hub promises are discarded', async () => {
    hub.behaviour = { corrupt: true };
    const files = await open();
    expect(await failure(files.fetchFiles([LARGE]))).toMatchObject({
      code: 'chunk-corrupt',
      evidence: { path: LARGE },
    });
    hub.behaviour = {};
    await files.fetchFiles([LARGE]);
    expect(Buffer.from(await files.read(LARGE)).equals(weights)).toBe(true);
  });

  test('run from memory where nothing can be stored, and say so', async () => {
    const files = await openHubFiles(address(), { environment: { indexedDB: undefined }, timing: TIMING });
    await files.fetchFiles(['config.json']);
    expect(files.notStoredReason).not.toBeNull();
    expect(new TextDecoder().decode(await files.read('config.json'))).toContain('llava');
  });

  test('are listed with their name and size, whole or in part', async () => {
    hub.behaviour = { cut: { after: CHUNK_BYTES + 500, times: 9 } };
    const impatient = await openHubFiles(address(), { environment, timing: { ...TIMING, maxTries: 1 } });
    await impatient.fetchFiles([LARGE]).catch(() => {});
    const entry = { modelUrl: address().url, id: 'tiny/model', name: 'model', source: 'hub' };
    const listed = () => listModels({ environment });
    expect(await listed()).toMatchObject([{ ...entry, stored_bytes: CHUNK_BYTES, complete: false }]);
    hub.behaviour = {};
    await (await open()).fetchFiles([LARGE, 'config.json']);
    expect(await listed()).toMatchObject([{ ...entry, stored_bytes: weights.length + 22, complete: true }]);
  });

  test('are deleted with their model', async () => {
    const files = await open();
    await files.fetchFiles([LARGE]);
    await deleteModel(address().url, { environment });
    expect(await listModels({ environment })).toEqual([]);
    hub.requests.length = 0;
    await (await open()).fetchFiles([LARGE]);
    expect(hub.requests.length).toBeGreaterThan(1);
  });

  test('a model that the hub does not show, and a hub that is not well', async () => {
    const missing = parseHubAddress(`${hub.endpoint}/tiny/none`);
    expect(await failure(open(missing))).toMatchObject({ code: 'download-failed', evidence: { status: 404 } });
    hub.behaviour = { status: 503 };
    expect(await failure(open())).toMatchObject({ code: 'download-failed' });
    expect(await failure((async () => (await open()).read('other'))())).toMatchObject({ code: 'download-failed' });
  });
});

describe('addresses and lists', () => {
  test.each([
    ['https://huggingface.co/a/b', 'https://huggingface.co/a/b/', 'main'],
    ['https://huggingface.co/a/b/tree/v1.0/', 'https://huggingface.co/a/b/tree/v1.0/', 'v1.0'],
    ['https://huggingface.co/a/b/tree/refs/pr/3', 'https://huggingface.co/a/b/tree/refs%2Fpr%2F3/', 'refs/pr/3'],
  ])('reads %s', (text, url, revision) => expect(parseHubAddress(text)).toMatchObject({ url, revision, repo: 'a/b' }));

  test.each([
    'https://huggingface.co/a',
    'ftp://h/a/b',
    'a/b',
    'https://h/a/b/blob/main/x',
    'https://h/../b',
    'https://h/a/%2e',
  ])('refuses %s', (text) => expect(() => parseHubAddress(text)).toThrow(/hub/));

  test('paths are escaped and cannot leave the repository', () => {
    expect(fileUrl(parseHubAddress('https://h/a/b'), 'c0', 'onnx/a b.onnx')).toBe(
      'https://h/a/b/resolve/c0/onnx/a%20b.onnx',
    );
    const sha = 'c'.repeat(40);
    const siblings = ['../x', '/x', 'a//b', './x', 'good.json'].map((rfilename) => ({ rfilename, size: 3 }));
    expect(parseListing({ sha, siblings }, 'a/b').files.map(({ path }) => path)).toEqual(['good.json']);
    for (const bad of [null, {}, { sha: 'x', siblings: [] }, { sha, siblings: 'none' }])
      expect(() => parseListing(bad, 'a/b')).toThrow(/list of files/);
    const hostile = { rfilename: 'x', size: -1 };
    expect(parseListing({ sha, siblings: [hostile, null, 3] }, 'a/b').files).toEqual([]);
  });
});
