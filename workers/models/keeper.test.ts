import { describe, expect, it } from 'vitest';
import { reasonText } from '../../contract/reasons.ts';
import { CHUNK, modelFolder, noise, sum } from '../../faults/model-folder.ts';
import type { LoadProgress } from '../../contract/backend.ts';
import { unwrap } from '../../contract/errors.ts';
import type { LocalFile } from '../../contract/stored-models.ts';
import { createModelKeeper, type DeviceFacts } from './keeper.ts';
import { callsOf } from './test/keeper-calls.ts';
import { openModel } from '../../store/store.ts';
import { database, FAST, setting } from '../../store/test/setting.ts';

const none = (): void => {};

async function keeping(device: Partial<DeviceFacts> = {}, estimate: StorageEstimate | null = null) {
  const parts = await setting();
  const keeper = callsOf(
    createModelKeeper({
      device: async () => ({ gpu: null, memory_gb: null, ...device }),
      estimate: async () => estimate,
      store: { environment: parts.environment, timing: FAST },
    }),
  );
  return { ...parts, keeper, size: parts.folder.manifest.variants[0]?.bytes ?? 0 };
}

const inspect = async (keeper: ReturnType<typeof callsOf>, url: string) => unwrap(await keeper.inspect('1', url));

describe('a model on a server', () => {
  it('is offered, fetched, listed and deleted', async () => {
    const { keeper, server, size, environment } = await keeping();
    const fresh = { name: 'Test model', license: 'MIT', variant: 'f32', device: 'wasm', bytes: size, unfit: null };
    expect(await inspect(keeper, server.url)).toMatchObject({ ...fresh, missing_bytes: size, update: false });
    expect(server.sent()).toBe(0);
    const seen: LoadProgress[] = [];
    expect(unwrap(await keeper.fetch('2', server.url, (value) => void seen.push(value)))).toMatchObject({
      missing_bytes: 0,
    });
    expect(seen.at(-1)).toMatchObject({ loaded_bytes: size, total_bytes: size });
    expect(unwrap(await keeper.list()).models).toMatchObject([
      { modelUrl: server.url, stored_bytes: size, complete: true },
    ]);
    unwrap(await keeper.delete(server.url));
    expect(unwrap(await keeper.list()).models).toEqual([]);
    expect(await (await database(environment)).keys()).toEqual([]);
  });

  it('is paused by cancelling and goes on from there', async () => {
    const { keeper, server, size, environment } = await keeping();
    server.plan = ({ path, count }) =>
      path === 'weights/0.bin' && count === 0 ? { stallAfter: 4 * CHUNK + 9 } : undefined;
    const fetching = keeper.fetch('7', server.url, none);
    const raw = await database(environment);
    while ((await raw.keys().catch(() => [])).length < 9) await new Promise((resolve) => setTimeout(resolve, 5));
    await keeper.cancel('7');
    expect(await fetching).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect((await inspect(keeper, server.url)).missing_bytes).toBeLessThan(size / 2 + CHUNK);
    unwrap(await keeper.fetch('8', server.url, none));
    expect(server.sent()).toBeLessThanOrEqual(size + CHUNK);
  });

  it('is updated beside the old version, which opens until the new one is complete', async () => {
    const { keeper, server } = await keeping();
    unwrap(await keeper.fetch('1', server.url, none));
    server.folder = modelFolder({ 'v/decoder.onnx': noise(2048, 33) }, 'Newer');
    expect(await inspect(keeper, server.url)).toMatchObject({ name: 'Newer', update: true, missing_bytes: 2048 });
    server.plan = ({ path }) => (path === 'v/decoder.onnx' ? { status: 404, body: '' } : undefined);
    expect(await keeper.fetch('2', server.url, none)).toMatchObject({ ok: false });
    expect(unwrap(await keeper.list()).models).toMatchObject([{ name: 'Test model', complete: true }]);
    server.plan = () => undefined;
    expect(unwrap(await keeper.fetch('3', server.url, none))).toMatchObject({
      name: 'Newer',
      missing_bytes: 0,
      update: false,
    });
  });

  it('deleting everything also takes what nothing refers to', async () => {
    const { keeper, server, environment } = await keeping();
    unwrap(await keeper.fetch('1', server.url, none));
    const raw = await database(environment);
    await raw.put('orphan', new ArrayBuffer(8));
    unwrap(await keeper.deleteAll());
    expect(await raw.keys()).toEqual([]);
    expect(unwrap(await keeper.list())).toEqual({ models: [], usage_bytes: null, quota_bytes: null });
  });

  it.each([
    ['little memory', { memory_gb: 0.00001 }, null, /GB of memory/],
    ['little room', {}, { quota: 1000, usage: 900 }, /site 1 MB more/],
  ])('says that there is %s', async (_, device, estimate, reason) => {
    const { keeper, server } = await keeping(device, estimate);
    expect(reasonText((await inspect(keeper, server.url)).unfit!)).toMatch(reason);
  });

  it.each([
    ['storage-blocked', undefined],
    ['storage-blocked', { open: () => ({}) } as unknown as IDBFactory],
  ])('that cannot be kept fails with %s and is not fetched in vain', async (code, indexedDB) => {
    const { keeper, server, environment } = await keeping();
    Object.assign(environment, { indexedDB, openTimeoutMs: 30 });
    expect(await keeper.fetch('1', server.url, none)).toMatchObject({ ok: false, error: { code } });
    expect(server.sent()).toBe(0);
  });

  it('that does not fit fails with quota and is not fetched in vain', async () => {
    const { keeper, server, environment } = await keeping();
    environment.storage = { estimate: async () => ({ quota: 100, usage: 50 }) };
    expect(await keeper.fetch('1', server.url, none)).toMatchObject({ ok: false, error: { code: 'quota' } });
    expect(server.sent()).toBe(0);
  });

  it('that the browser does not keep can be borrowed for as long as the page is open', async () => {
    const { keeper, server, folder, size, environment } = await keeping();
    Object.assign(environment, { indexedDB: undefined });
    const seen: LoadProgress[] = [];
    const files = unwrap(await keeper.borrow('1', server.url, (value) => void seen.push(value)));
    expect(files.map(({ path }) => path)).toEqual(['manifest.json', ...folder.paths]);
    expect(
      await Promise.all(files.slice(1).map(async ({ blob }) => sum(new Uint8Array(await blob.arrayBuffer())))),
    ).toEqual(folder.paths.map((path) => sum(folder.files.get(path) as Uint8Array)));
    expect(seen.at(-1)).toMatchObject({ loaded_bytes: size, network_bytes: size });
  });

  it('is looked at without any request when only what is kept is asked for', async () => {
    const { keeper, server } = await keeping();
    expect(await keeper.inspect('1', server.url, true)).toMatchObject({ error: { evidence: { reason: 'notKept' } } });
    unwrap(await keeper.fetch('2', server.url, none));
    const before = server.log.length;
    expect(unwrap(await keeper.inspect('3', server.url, true))).toMatchObject({ missing_bytes: 0, fresh: false });
    expect(server.log).toHaveLength(before);
  });

  it('at an address that nobody answers fails after few tries', async () => {
    const { keeper, server } = await keeping();
    server.plan = () => ({ status: 503, body: '' });
    expect(await keeper.inspect('1', server.url)).toMatchObject({ error: { code: 'download-failed' } });
    expect(server.log).toHaveLength(2);
  });
});

describe('a size on a device', () => {
  const gpu = { fallback: false, features: new Set<string>(), safeSubgroups: true };
  it.each<[string, Partial<DeviceFacts>, StorageEstimate | null, object]>([
    ['takes the one for WebGPU', { gpu }, null, { device: 'webgpu', bytes: 2e9, unfit: null }],
    ['takes the one for the CPU', {}, null, { device: 'wasm', bytes: 4e9, unfit: /Without WebGPU/ }],
    [
      'takes that also where WebGPU is emulated',
      { gpu: { ...gpu, fallback: true } },
      null,
      { device: 'wasm', unfit: /Without/ },
    ],
    ['may be too large for the memory', { gpu, memory_gb: 2 }, null, { unfit: /2 GB of memory/ }],
    ['may be too large for the storage', { gpu }, { quota: 1e9, usage: 0 }, { unfit: /site 1.0 GB more/ }],
  ])('%s', async (_, device, estimate, { unfit = null, ...rest }: { unfit?: RegExp | null }) => {
    const { keeper } = await keeping(device, estimate);
    const [fit, unknown] = unwrap(await keeper.fit([{ webgpu: 2e9, wasm: 4e9 }, {}]));
    expect(fit).toMatchObject(rest);
    expect(fit?.unfit && reasonText(fit.unfit)).toEqual(unfit && expect.stringMatching(unfit));
    expect(unknown).toMatchObject({ bytes: null, unfit: null });
  });
});

describe('a model in files', () => {
  const picked = (change: (files: LocalFile[]) => LocalFile[] = (files) => files): LocalFile[] =>
    change([...modelFolder().files].map(([path, bytes]) => ({ path: `my model/${path}`, blob: new Blob([bytes]) })));
  const replaced = (path: string, bytes: Uint8Array<ArrayBuffer>) =>
    picked((files) => files.map((file) => (file.path.endsWith(path) ? { ...file, blob: new Blob([bytes]) } : file)));

  it('is checked, kept and opened without any server', async () => {
    const { keeper, size, server } = await keeping();
    const files = [
      ...picked(),
      { path: 'my model/notes.txt', blob: new Blob(['mine']) },
      { path: 'other.png', blob: new Blob([]) },
    ];
    const seen: LoadProgress[] = [];
    const offer = unwrap(await keeper.importFiles('1', files, (value) => void seen.push(value)));
    expect(offer).toMatchObject({ modelUrl: 'local-model:/test/', name: 'Test model', missing_bytes: 0 });
    expect(seen.at(-1)).toMatchObject({ loaded_bytes: size });
    expect(await inspect(keeper, offer.modelUrl)).toMatchObject({ missing_bytes: 0, fresh: false });
    expect(server.log).toEqual([]);
  });

  it('is kept with its adapters, for no server can be asked for them later', async () => {
    const { keeper, environment } = await keeping();
    const { manifest, files } = modelFolder();
    const decoder = 'adapters/terse/decoder.onnx';
    const graph = noise(700, 9);
    const adapters = [
      { id: 'terse', name: 'Terse', description: '', variants: [{ variant: 'f32', decoder, weights: [], bytes: 700 }] },
    ];
    const listed = [...manifest.files, { path: decoder, bytes: 700, chunks: [sum(graph)] }];
    const text = JSON.stringify({ ...manifest, files: listed, adapters });
    const folder = new Map([...files, [decoder, graph], ['manifest.json', new TextEncoder().encode(text)]]);
    const blobs = [...folder].map(([path, bytes]) => ({ path: `m/${path}`, blob: new Blob([bytes]) }));
    const { modelUrl } = unwrap(await keeper.importFiles('1', blobs, none));
    const model = await openModel(modelUrl, { environment, keptOnly: true });
    expect(await model.read(decoder)).toEqual(graph);
  });

  it('of which a part was lost asks for the files again, and copies only that part', async () => {
    const { keeper, environment } = await keeping();
    const { modelUrl } = unwrap(await keeper.importFiles('1', picked(), none));
    const raw = await database(environment);
    const [lost = ''] = await raw.keys();
    await raw.del(lost);
    expect(await keeper.fetch('2', modelUrl, none)).toMatchObject({
      ok: false,
      error: { evidence: { reason: 'notKept' } },
    });
    unwrap(await keeper.importFiles('3', picked(), none));
    expect(await raw.keys()).toContain(lost);
  });

  it('picked one by one is found by the content of its files, whatever their names are', async () => {
    const { keeper } = await keeping();
    const loose = picked((files) =>
      files.map(({ path, blob }) => ({ path: path.endsWith('manifest.json') ? 'manifest.json' : 'same.bin', blob })),
    );
    expect(unwrap(await keeper.importFiles('1', loose, none))).toMatchObject({ missing_bytes: 0 });
  });

  const without = (end: string) => picked((files) => files.filter(({ path }) => !path.endsWith(end)));
  const manifest = (text: string) => replaced('manifest.json', new TextEncoder().encode(text));
  const hostile: [string, () => LocalFile[], string, RegExp][] = [
    ['no files', () => [], 'manifest-invalid', /no manifest\.json/],
    ['pictures', () => [{ path: 'a.png', blob: new Blob(['x']) }], 'manifest-invalid', /no manifest\.json/],
    [
      'two models',
      () => [...picked(), { path: 'b/manifest.json', blob: new Blob(['{}']) }],
      'manifest-invalid',
      /several models/,
    ],
    ['a manifest that is no JSON', () => manifest('{'), 'manifest-invalid', /not JSON/],
    ['a manifest of something else', () => manifest('{"model_type":"llava"}'), 'manifest-invalid', /format/],
    [
      'a path out of the folder',
      () => manifest(JSON.stringify(modelFolder().manifest).replace('v/vision.onnx', '../vision.onnx')),
      'manifest-invalid',
      /path/,
    ],
    ['a file that is missing', () => without('weights/0.bin'), 'download-failed', /weights\/0\.bin is missing/],
    ['a file that is cut', () => replaced('0.bin', noise(500, 4)), 'chunk-corrupt', /500 bytes instead of 10340/],
    ['a file with other bytes', () => replaced('0.bin', noise(10_340, 5)), 'chunk-corrupt', /damaged/],
    [
      '20 001 files',
      () => Array.from({ length: 20_001 }, (_, i) => ({ path: `${i}`, blob: new Blob([]) })),
      'manifest-invalid',
      /far more/,
    ],
  ];
  it.each(hostile)('%s: a named error, and nothing counts as a model', async (_, files, code, message) => {
    const { keeper } = await keeping();
    const result = await keeper.importFiles('1', files(), none);
    expect(result).toMatchObject({ ok: false, error: { code, message: expect.stringMatching(message) } });
    expect(unwrap(await keeper.list()).models.filter(({ complete }) => complete)).toEqual([]);
    expect(unwrap(await keeper.importFiles('2', picked(), none))).toMatchObject({ missing_bytes: 0 });
  });
});
