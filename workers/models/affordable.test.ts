import { describe, expect, it } from 'vitest';
import { reasonText } from '../../contract/reasons.ts';
import { modelFolder, noise } from '../../faults/model-folder.ts';
import { asAppError } from '../../contract/errors.ts';
import type { LoadRequest } from '../../contract/protocol.ts';
import { openAffordable } from './affordable.ts';
import { database, FAST, readsAs, setting } from '../../store/test/setting.ts';

const nobody = new AbortController().signal;

async function affording() {
  const parts = await setting();
  const { environment, server } = parts;
  const size = parts.folder.manifest.variants[0]?.bytes ?? 0;
  const open = (request: Partial<LoadRequest> = {}) =>
    openAffordable({ modelUrl: server.url, ...request }, Promise.resolve(null), nobody, { environment, timing: FAST });
  const failure = (request: Partial<LoadRequest>) => open(request).then(() => null, asAppError);
  return { ...parts, size, open, failure };
}

describe('a model of which nothing is here', () => {
  it('is opened when it may be fetched', async () => {
    const { open, size } = await affording();
    expect((await open()).model.manifest.name).toBe('Test model');
    expect((await open({ max_network_bytes: size })).candidates[0]?.id).toBe('f32');
  });

  it('that costs more than was agreed to says its price, and nothing is fetched', async () => {
    const { failure, size, server } = await affording();
    expect(await failure({ max_network_bytes: size - 1 })).toMatchObject({
      code: 'download-unconfirmed',
      evidence: {
        model: server.url,
        name: 'Test model',
        license: 'MIT',
        variant: 'f32',
        bytes: size,
        missing_bytes: size,
      },
    });
    expect(server.sent()).toBe(0);
  });

  it('is not looked for on a server when only what is kept may be used', async () => {
    const { failure, server } = await affording();
    expect(await failure({ kept_only: true })).toMatchObject({ evidence: { reason: 'notKept' } });
    expect(server.log).toEqual([]);
  });
});

describe('a model that is here', () => {
  it('costs nothing', async () => {
    const { open, load } = await affording();
    await load();
    expect((await open({ max_network_bytes: 0 })).model.update).toBe(false);
  });

  it('of which a part is missing costs that part', async () => {
    const { open, failure, load, server } = await affording();
    server.plan = ({ path }) => (path === 'v/decoder.onnx' ? { status: 404, body: '' } : undefined);
    await expect(load()).rejects.toThrow();
    server.plan = () => undefined;
    const missing = (await failure({ max_network_bytes: 0 }))?.evidence['missing_bytes'] as number;
    expect(missing).toBeGreaterThanOrEqual(2048);
    await expect(open({ max_network_bytes: missing })).resolves.toBeDefined();
  });

  it('runs in its older version while nobody has agreed to the newer one', async () => {
    const { open, load, server } = await affording();
    await load();
    server.folder = modelFolder({ 'v/decoder.onnx': noise(2048, 33) }, 'Newer');
    const old = await open({ max_network_bytes: 2047 });
    expect(old.model.manifest.name).toBe('Test model');
    expect(reasonText(old.reasons.at(-1)!)).toMatch(/newer version .*1 MB.* under Models/);
    expect((await open({ max_network_bytes: 2048 })).model.manifest.name).toBe('Newer');
  });

  it('whose older version has lost a part asks first', async () => {
    const { failure, load, server, environment } = await affording();
    await load();
    server.folder = modelFolder({ 'v/decoder.onnx': noise(2048, 33), 'v/vision.onnx': noise(1500, 34) }, 'Newer');
    const raw = await database(environment);
    for (const key of await raw.keys()) await raw.del(key);
    expect(await failure({ max_network_bytes: 100 })).toMatchObject({
      code: 'download-unconfirmed',
      evidence: { name: 'Newer' },
    });
  });
});

describe('a model that came as files', () => {
  it('is read from them, costs nothing, and asks no server', async () => {
    const { open, folder, server, environment } = await affording();
    Object.assign(environment, { indexedDB: undefined });
    const files = [...folder.files].map(([path, bytes]) => ({ path, blob: new Blob([bytes]) }));
    const { model } = await open({ files, max_network_bytes: 0, modelUrl: 'local-model:/any/' });
    const seen: number[] = [];
    await model.fetchFiles(folder.paths, { onProgress: ({ network_bytes }) => seen.push(network_bytes) });
    expect(await readsAs(model, folder)).toBe(true);
    expect(reasonText(model.notStoredReason!)).toMatch(/does not let the page keep data/);
    expect(Math.max(...seen)).toBe(0);
    expect(server.log).toEqual([]);
  });
});
