import { describe, expect, it } from 'vitest';
import { deleteModel, listModels, openModel } from './store.ts';
import { CHUNK, modelFolder, noise, sum } from '../faults/model-folder.ts';
import { database, readsAs, SHORT_STALL, setting } from './test/setting.ts';

describe('a first visit', () => {
  it('fetches each file once, by one request, and reads it back', async () => {
    const { server, folder, load } = await setting();
    const model = await load();
    expect(model).toMatchObject({ stored: true, fresh: true, notStoredReason: null, modelUrl: server.url });
    expect(await readsAs(model, folder)).toBe(true);
    expect(server.log.map(({ path, range }) => [path, range])).toHaveLength(1 + folder.paths.length);
    expect(server.log.every(({ range }) => range === null)).toBe(true);
  });

  it('reports bytes that grow to the total', async () => {
    const { folder, load, progress } = await setting();
    await load();
    const total = folder.manifest.variants[0]?.bytes;
    expect(progress[0]).toEqual({ step: 'download', loaded_bytes: 0, total_bytes: total, network_bytes: 0 });
    expect(progress.at(-1)).toMatchObject({
      step: 'download',
      loaded_bytes: total,
      total_bytes: total,
      network_bytes: total,
    });
    expect(progress.length).toBeGreaterThanOrEqual(2);
    const loaded = progress.map((entry) => entry.loaded_bytes);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
  });

  it('shares equal chunks between files', async () => {
    const same = noise(3 * CHUNK, 9);
    const { environment, folder, load } = await setting(modelFolder({ 'weights/1.bin': same, 'weights/2.bin': same }));
    expect(await readsAs(await load(), folder)).toBe(true);
    const keys = await (await database(environment)).keys();
    expect(new Set(keys)).toEqual(new Set(folder.manifest.files.flatMap((file) => file.chunks)));
  });

  it('reads an empty file', async () => {
    const { folder, load } = await setting(modelFolder({ 'weights/empty.bin': new Uint8Array() }));
    expect(await readsAs(await load(), folder)).toBe(true);
  });

  it('refuses a path that the manifest does not list, and a URL that is none', async () => {
    const { open } = await setting();
    const model = await open();
    await expect(model.read('../secret')).rejects.toMatchObject({ code: 'manifest-invalid' });
    await expect(model.fetchFiles(['nope'])).rejects.toMatchObject({ code: 'manifest-invalid' });
    await expect(openModel('not a url')).rejects.toMatchObject({ code: 'request-invalid' });
  });
});

describe('a later visit', () => {
  it('fetches nothing but the manifest', async () => {
    const { server, folder, load, progress } = await setting();
    await load();
    server.log.length = 0;
    const model = await load();
    expect(await readsAs(model, folder)).toBe(true);
    expect(server.log.map((entry) => entry.path)).toEqual(['manifest.json']);
    expect(progress.map((entry) => entry.network_bytes)).toEqual([0]);
  });

  it('works without network', async () => {
    const { server, folder, load } = await setting();
    await load();
    await server.stop();
    const model = await load();
    expect(model).toMatchObject({ fresh: false, stored: true });
    expect(await readsAs(model, folder)).toBe(true);
  });

  it.each([
    ['answers 503', { status: 503 }],
    ['has no model any more', { status: 404, body: 'gone' }],
    ['is hidden by a sign-in page', { body: '<html>', headers: { 'content-type': 'text/html' } }],
    ['has a manifest that this version cannot read', { body: '{"format":2}' }],
    ['never answers', { stallAfter: -1 }],
  ])('uses the stored version when the server %s', async (_, fault) => {
    const { server, folder, load } = await setting();
    await load();
    server.plan = () => fault;
    const model = await load({ timing: SHORT_STALL });
    expect(model.fresh).toBe(false);
    expect(await readsAs(model, folder)).toBe(true);
  });

  it('without network and without a complete version is an error with a next step', async () => {
    const { server, open, load } = await setting();
    server.plan = ({ path }) => (path === 'weights/0.bin' ? { cutAfter: 10 } : undefined);
    await expect(load()).rejects.toMatchObject({ code: 'download-failed' });
    await server.stop();
    await expect(open()).rejects.toMatchObject({ code: 'download-failed', evidence: { path: 'manifest.json' } });
  });

  it('goes on where it was stopped', async () => {
    const { server, environment, folder, load } = await setting();
    const controller = new AbortController();
    server.plan = ({ path }) => (path === 'weights/0.bin' ? { stallAfter: 4 * CHUNK + 500 } : undefined);
    const first = load({ signal: controller.signal });
    const raw = await database(environment);
    const stored = folder.manifest.files.find((file) => file.path === 'weights/0.bin')?.chunks[3] ?? '';
    while (!(await raw.keys()).includes(stored)) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    server.plan = () => undefined;
    server.log.length = 0;
    expect(await readsAs(await load(), folder)).toBe(true);
    expect(server.log.filter((entry) => entry.path === 'weights/0.bin').map((entry) => entry.range)).toEqual([
      { first: 4 * CHUNK, last: 10 * CHUNK + 99 },
    ]);
  });
});

describe('a new version of a model', () => {
  const next = () => modelFolder({ 'v/decoder.onnx': noise(2048, 33) }, 'Newer');

  it('fetches only what changed and frees what only the old one used', async () => {
    const { server, environment, folder, load } = await setting();
    await load();
    server.folder = next();
    server.log.length = 0;
    const model = await load();
    expect(model.manifest.name).toBe('Newer');
    expect(await readsAs(model, server.folder)).toBe(true);
    expect(server.log.map((entry) => entry.path)).toEqual(['manifest.json', 'v/decoder.onnx']);
    const keys = new Set(await (await database(environment)).keys());
    expect(keys).toEqual(new Set(server.folder.manifest.files.flatMap((file) => file.chunks)));
    expect(keys.has(folder.manifest.files[2]?.chunks[0] ?? '')).toBe(false);
  });

  it('leaves the old one usable until it is complete', async () => {
    const { server, folder, load } = await setting();
    await load();
    server.folder = next();
    server.plan = ({ path }) => (path === 'v/decoder.onnx' ? { cutAfter: 100 } : undefined);
    await expect(load({ timing: { maxTries: 1 } })).rejects.toMatchObject({ code: 'download-failed' });
    await server.stop();
    server.folder = folder;
    const model = await load();
    expect(model.manifest.name).toBe('Test model');
    expect(await readsAs(model, folder)).toBe(true);
  });
});

describe('list and delete', () => {
  it('lists what is kept and frees it', async () => {
    const { server, environment, folder, load } = await setting();
    expect(await listModels({ environment })).toEqual([]);
    await load();
    expect(await listModels({ environment })).toMatchObject([
      {
        modelUrl: server.url,
        id: 'test',
        name: 'Test model',
        complete: true,
        stored_bytes: folder.manifest.variants[0]?.bytes,
      },
    ]);
    await deleteModel(server.url, { environment });
    expect(await listModels({ environment })).toEqual([]);
    expect(await (await database(environment)).keys()).toEqual([]);
    await deleteModel(server.url, { environment }); // nothing there: not an error
  });

  it('shows a model that was never finished, and deletes it too', async () => {
    const { server, environment, load } = await setting();
    server.plan = ({ path }) => (path === 'weights/0.bin' ? { cutAfter: 3 * CHUNK + 1 } : undefined);
    await expect(load({ timing: { maxTries: 1 } })).rejects.toMatchObject({ code: 'download-failed' });
    expect(await listModels({ environment })).toMatchObject([{ complete: false, id: 'test' }]);
    await deleteModel(server.url, { environment });
    expect(await (await database(environment)).keys()).toEqual([]);
  });

  it('keeps chunks that another model uses', async () => {
    const one = await setting();
    const two = await setting(modelFolder({ 'v/decoder.onnx': noise(2048, 77) }));
    two.environment.indexedDB = one.environment.indexedDB;
    await one.load();
    await two.load();
    await deleteModel(one.server.url, one);
    await two.server.stop();
    const model = await two.load();
    expect(await readsAs(model, two.folder)).toBe(true);
    const own = sum(noise(2048, 3).subarray(0, CHUNK));
    expect(await (await database(one.environment)).keys()).not.toContain(own);
  });

  it('a model that was deleted while open is fetched again by the piece', async () => {
    const { server, environment, folder, load } = await setting();
    const model = await load();
    await deleteModel(server.url, { environment });
    expect(await readsAs(model, folder)).toBe(true);
    await deleteModel(server.url, { environment });
    await model.fetchFiles(folder.paths);
    await server.stop();
    expect(await readsAs(await load(), folder)).toBe(true);
  });
});
