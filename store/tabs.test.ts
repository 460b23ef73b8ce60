import { expect, it } from 'vitest';
import type { LoadProgress } from '../contract/backend.ts';
import { deleteModel, openModel, watchStore } from './store.ts';
import { CHUNK, modelFolder } from '../faults/model-folder.ts';
import { FAST, SHORT_STALL, setting } from './test/setting.ts';

it('tells other tabs', async () => {
  const { server, environment, load } = await setting();
  const seen: unknown[] = [];
  const stop = watchStore((change) => seen.push(change));
  const noisy = new BroadcastChannel('model-store');
  noisy.postMessage({ type: 'evil', modelUrl: 3 });
  noisy.close();
  await load();
  await deleteModel(server.url, { environment });
  while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  stop();
  expect(seen).toEqual([
    { type: 'completed', modelUrl: server.url },
    { type: 'deleted', modelUrl: server.url },
  ]);
});

it('two callers at once fetch everything once', async () => {
  const { server, folder, open, environment } = await setting();
  const [one, two] = await Promise.all([open(), openModel(server.url, { environment, timing: FAST })]);
  await Promise.all([one.fetchFiles(folder.paths), two.fetchFiles(folder.paths)]);
  expect(server.sent()).toBe(folder.manifest.variants[0]?.bytes);
});

it('whoever waits for another tab sees its progress', async () => {
  const { server, folder, open, environment } = await setting();
  let next = (): void => {};
  let waiting = Promise.resolve();
  environment.locks = {
    // As between two tabs: the second task begins when the first is over.
    request: (async (_name: string, _options: unknown, task: () => Promise<unknown>) => {
      const before = waiting;
      waiting = new Promise((resolve) => (next = resolve));
      const mine = next;
      await before;
      try {
        return await task();
      } finally {
        mine();
      }
    }) as LockManager['request'],
  };
  server.plan = ({ path, count }) => (path === 'weights/0.bin' && count === 0 ? { stallAfter: 3 * CHUNK } : undefined);
  const [one, two] = [await open({ timing: SHORT_STALL }), await open()];
  const seen: LoadProgress[] = [];
  const first = one.fetchFiles(folder.paths);
  await two.fetchFiles(folder.paths, { onProgress: (progress) => void seen.push(progress) });
  await first;
  const total = folder.manifest.variants[0]?.bytes ?? 0;
  expect(seen.some((progress) => progress.loaded_bytes > 0 && progress.loaded_bytes < total)).toBe(true);
  expect(seen.every((progress) => progress.network_bytes === 0)).toBe(true);
  expect(seen.at(-1)).toMatchObject({ loaded_bytes: total, total_bytes: total });
});

it('uses the lock of the browser around writes', async () => {
  const { server, environment, load } = await setting(modelFolder());
  const names: string[] = [];
  environment.locks = {
    request: (async (name: string, _options: unknown, task: () => Promise<unknown>) => {
      names.push(name);
      return task();
    }) as LockManager['request'],
  };
  await load();
  expect(names).toEqual([`model-write:${server.url}`]);
});
