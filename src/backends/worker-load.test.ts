import { describe, expect, it } from 'vitest';
import type { LoadProgress } from '../../contract/backend.ts';
import { AppError } from '../../contract/errors.ts';
import { backendOf, FakeWorker, failed, INFO, ok, opened, send, until, workers } from './test/fake-worker.ts';
import { createWorkerBackend } from './worker.ts';

describe('load', () => {
  it('hands over the absolute folder URL, device and variant, and passes progress on', async () => {
    const requests: unknown[] = [];
    const progress: LoadProgress = { step: 'download', loaded_bytes: 1, total_bytes: 2, network_bytes: 1 };
    const worker: FakeWorker = new FakeWorker({
      async load(_id, request, onProgress) {
        requests.push(request);
        await send(onProgress, progress);
        return ok(INFO);
      },
    });
    const backend = createWorkerBackend({
      modelUrl: 'https://example.test/models/m',
      device: 'wasm',
      variant: 'f32',
      createWorker: () => worker.start(),
    });
    opened.push(backend);
    const seen: LoadProgress[] = [];
    expect(await backend.load({ onProgress: (value) => void seen.push(value) })).toEqual(INFO);
    expect(seen).toEqual([progress]);
    expect(requests).toEqual([{ modelUrl: 'https://example.test/models/m/', device: 'wasm', variant: 'f32' }]);
  });

  it('is done once for several callers and remembered', async () => {
    let loads = 0;
    const backend = backendOf(() => ({
      async load() {
        loads += 1;
        return ok(INFO);
      },
    }));
    await Promise.all([backend.load(), backend.load()]);
    await backend.load();
    expect(loads).toBe(1);
  });

  it('forgets a failure, so that the next call tries again', async () => {
    let loads = 0;
    const backend = backendOf(() => ({
      async load() {
        loads += 1;
        return loads === 1 ? failed(new AppError('download-failed', 'No network.', { status: 503 })) : ok(INFO);
      },
    }));
    await expect(backend.load()).rejects.toMatchObject({ code: 'download-failed', evidence: { status: 503 } });
    expect(await backend.load()).toEqual(INFO);
  });

  it('goes on for the caller that still waits when another one aborts, and is cancelled by the last', async () => {
    const ids: string[] = [];
    let finish = (): void => {};
    const backend = backendOf(() => ({
      load(id) {
        ids.push(id);
        return new Promise((resolve) => {
          finish = () => resolve(ok(INFO));
        });
      },
    }));
    const [first, second] = [new AbortController(), new AbortController()];
    const one = backend.load({ signal: first.signal });
    const two = backend.load({ signal: second.signal });
    await until(() => ids.length === 1);
    first.abort();
    await expect(one).rejects.toMatchObject({ code: 'cancelled' });
    expect(workers[0]?.cancelled).toEqual([]);
    second.abort();
    await expect(two).rejects.toMatchObject({ code: 'cancelled' });
    await until(() => workers[0]?.cancelled.length === 1);
    expect(workers[0]?.cancelled).toEqual(ids);
    const again = backend.load();
    await until(() => ids.length === 2);
    finish();
    expect(await again).toEqual(INFO);
  });
});
