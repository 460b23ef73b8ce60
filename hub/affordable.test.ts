import { IDBFactory } from 'fake-indexeddb';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { reasonText } from '../contract/reasons.ts';
import { type HubServer, startHub } from '../builder/test/hub-server.ts';
import { asAppError } from '../contract/errors.ts';
import type { LoadRequest } from '../contract/protocol.ts';
import { parseHubAddress } from '../files/hub/address.ts';
import { openAffordableHub, pathsOf } from './affordable.ts';

const TIMING = { retryDelayMs: 1, maxRetryDelayMs: 5, stallMs: 5000, maxTries: 3 };
const GRAPH = 'onnx/decoder_model_merged_quantized.onnx';
const SETTINGS = '{"model_type":"llava"}';
const graph = (seed: number): Buffer => Buffer.from(Uint8Array.from({ length: 5000 }, (_, i) => (i * seed) % 251));

/** The same repository at two commits: settings as they were, another graph. */
const folders: string[] = [];
let hub: HubServer;
let environment: { indexedDB: IDBFactory; locks: undefined; storage: undefined };

beforeAll(async () => {
  for (const seed of [31, 37]) {
    const folder = await mkdtemp(join(tmpdir(), 'hub-'));
    await mkdir(join(folder, 'tiny/model/onnx'), { recursive: true });
    await writeFile(join(folder, 'tiny/model/config.json'), SETTINGS);
    await writeFile(join(folder, 'tiny/model', GRAPH), graph(seed));
    folders.push(folder);
  }
});
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});
beforeEach(async () => {
  hub = await startHub(folders[0] as string);
  environment = { indexedDB: new IDBFactory(), locks: undefined, storage: undefined };
});
afterEach(() => hub.close());

/** The hub learns of the next commit. */
async function publish(): Promise<void> {
  const port = Number(new URL(hub.endpoint).port);
  await hub.close();
  hub = await startHub(folders[1] as string, port);
  // The first request may meet a connection to the server that is gone.
  await fetch(hub.endpoint).catch(() => {});
}

function open(request: Partial<LoadRequest> = {}) {
  const address = parseHubAddress(`${hub.endpoint}/tiny/model`);
  const options = { environment, timing: TIMING };
  return openAffordableHub(address, { modelUrl: address.url, ...request }, Promise.resolve(null), options);
}

async function fetchAll() {
  const { files, candidates } = await open();
  await files.fetchFiles(candidates[0] ? pathsOf(files, candidates[0]) : []);
}

const failure = (request: Partial<LoadRequest>) => open(request).then(() => null, asAppError);
const SIZE = 5000 + SETTINGS.length;

test('what costs more than was agreed to says its price, and nothing is fetched', async () => {
  expect(await failure({ max_network_bytes: SIZE - 1 })).toMatchObject({
    code: 'download-unconfirmed',
    evidence: { name: 'model', license: 'apache-2.0', variant: 'wasm-q8', bytes: SIZE, missing_bytes: SIZE },
  });
  expect(hub.requests.filter((path) => !path.startsWith('/api/'))).toEqual([]);
  expect((await open({ max_network_bytes: SIZE })).candidates[0]?.id).toBe('wasm-q8');
});

test('what is here costs nothing, and is opened without the hub', async () => {
  await fetchAll();
  await expect(open({ max_network_bytes: 0 })).resolves.toBeDefined();
  hub.requests.length = 0;
  const { files } = await open({ kept_only: true });
  expect(await files.read(GRAPH)).toEqual(new Uint8Array(graph(31)));
  expect(hub.requests).toEqual([]);
});

test('an older commit runs while nobody has agreed to the newer one', async () => {
  await fetchAll();
  const { files: before } = await open();
  await publish();
  const { files, reasons } = await open({ max_network_bytes: 4999 });
  expect(files.commit).toBe(before.commit);
  expect(reasonText(reasons.at(-1)!)).toMatch(/newer version .*1 MB/);
  expect((await open({ max_network_bytes: SIZE })).files.commit).not.toBe(before.commit);
});

test('nothing is here and nobody may ask', async () => {
  expect(await failure({ kept_only: true })).toMatchObject({
    code: 'download-failed',
    evidence: { reason: 'notKept' },
  });
});
