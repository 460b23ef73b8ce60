import { IDBFactory as FakeFactory } from 'fake-indexeddb';
import { describe, expect, it, vi } from 'vitest';
import { reasonText, type Reason } from '../contract/reasons.ts';
import { Connection } from './connection.ts';
import { deleteModel, listModels, openModel } from './store.ts';
import { CHUNK, noise, sum } from '../faults/model-folder.ts';
import { database, FAST, readsAs, setting } from './test/setting.ts';

const said = (reason: Reason | null): string => (reason ? reasonText(reason) : '');

const WEIGHTS = 'weights/0.bin';
const WEIGHT_BYTES = 10 * CHUNK + 100;

/** A factory whose databases fail in `put` on the chunks as told. */
function failingFactory(real: IDBFactory, fail: (puts: number) => Error | null): IDBFactory {
  let puts = 0;
  const wrapStore = (store: IDBObjectStore): IDBObjectStore =>
    new Proxy(store, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (property === 'put') {
          return (...args: Parameters<IDBObjectStore['put']>) => {
            const error = target.name === 'chunks' ? fail(puts++) : null;
            if (error) throw error;
            return target.put(...args);
          };
        }
        return typeof value === 'function' ? (value as CallableFunction).bind(target) : value;
      },
    });
  const original = FakeFactory.prototype.open;
  return Object.assign(Object.create(real) as IDBFactory, {
    open(name: string, version?: number) {
      const request = original.call(
        real as InstanceType<typeof FakeFactory>,
        name,
        version,
      ) as unknown as IDBOpenDBRequest;
      request.addEventListener('success', () => {
        const opened = request.result;
        const begin = opened.transaction.bind(opened);
        opened.transaction = ((...args: Parameters<IDBDatabase['transaction']>) => {
          const transaction = begin(...args);
          const pick = transaction.objectStore.bind(transaction);
          transaction.objectStore = (store) => wrapStore(pick(store));
          return transaction;
        }) as IDBDatabase['transaction'];
      });
      return request;
    },
  });
}

describe('damage at rest', () => {
  const chunkOf = (index: number): string =>
    sum(noise(WEIGHT_BYTES, 4).subarray(index * CHUNK, Math.min((index + 1) * CHUNK, WEIGHT_BYTES)));
  const flipped = (index: number): ArrayBuffer => {
    const bytes = noise(WEIGHT_BYTES, 4).slice(index * CHUNK, (index + 1) * CHUNK);
    bytes[5] = (bytes[5] ?? 0) ^ 4;
    return bytes.buffer;
  };
  it('a damaged chunk alone is fetched again, once', async () => {
    const { server, environment, folder, load, open } = await setting();
    await load();
    await (await database(environment)).put(chunkOf(3), flipped(3));
    server.log.length = 0;
    expect(await readsAs(await open(), folder)).toBe(true);
    expect(server.log.filter((entry) => entry.path !== 'manifest.json')).toMatchObject([
      { path: WEIGHTS, range: { first: 3 * CHUNK, last: 4 * CHUNK - 1 }, sent: CHUNK },
    ]);
    server.log.length = 0;
    expect(await readsAs(await open(), folder)).toBe(true);
    expect(server.sent()).toBe(0);
  });

  it('a buffer, as earlier versions of the page stored it, is read like a blob', async () => {
    const { server, environment, folder, load, open } = await setting();
    await load();
    const buffer = noise(WEIGHT_BYTES, 4).slice(3 * CHUNK, 4 * CHUNK).buffer;
    await (await database(environment)).put(chunkOf(3), buffer);
    server.log.length = 0;
    expect(await readsAs(await open(), folder)).toBe(true);
    expect(server.log.every(({ path }) => path === 'manifest.json')).toBe(true);
  });

  it('without network it is an error, not wrong bytes', async () => {
    const { server, environment, load, open } = await setting();
    await load();
    await (await database(environment)).put(chunkOf(3), flipped(3));
    await server.stop();
    const model = await open();
    await expect(model.read(WEIGHTS)).rejects.toMatchObject({ code: 'download-failed', evidence: { path: WEIGHTS } });
    expect((await model.read('tokenizer.json')).length).toBe(300);
  });
});

describe('a browser that does not keep the weights', () => {
  const quota = (): Error => new DOMException('full', 'QuotaExceededError');
  it.each([0, 3, 12])('full after %i chunks: runs from memory, and the next visit reuses what fitted', async (fit) => {
    const { server, environment, folder, load } = await setting();
    const real = environment.indexedDB as IDBFactory;
    environment.indexedDB = failingFactory(real, (puts) => (puts >= fit ? quota() : null));
    const model = await load();
    expect(model.stored).toBe(false);
    expect(said(model.notStoredReason)).toMatch(/no more room/);
    expect(await readsAs(model, folder)).toBe(true);
    expect((await (await database({ indexedDB: real })).keys()).length).toBe(fit);
    expect(await listModels({ environment: { indexedDB: real } })).toMatchObject([{ complete: false }]);
    environment.indexedDB = real;
    server.log.length = 0;
    const later = await load();
    expect(later.stored).toBe(true);
    expect(server.sent()).toBeLessThan((folder.manifest.variants[0]?.bytes ?? 0) - fit * 300 + 1);
  });

  it('asks for room before it starts, and writes nothing when there is none', async () => {
    const { environment, folder, load } = await setting();
    environment.storage = { estimate: async () => ({ quota: 20_000, usage: 15_000 }) };
    const model = await load();
    expect(model.stored).toBe(false);
    expect(said(model.notStoredReason)).toMatch(/allows this site 1 MB more/);
    expect(await readsAs(model, folder)).toBe(true);
    expect(await (await database(environment)).keys()).toEqual([]);
  });

  it('stores when the estimate fails or says enough', async () => {
    const { environment, load } = await setting();
    environment.storage = { estimate: () => Promise.reject(new TypeError('no')) };
    expect((await load()).stored).toBe(true);
  });

  it.each([
    ['no IndexedDB', undefined],
    [
      'an IndexedDB that refuses to open',
      {
        open() {
          throw new DOMException('denied', 'SecurityError');
        },
      } as unknown as IDBFactory,
    ],
    ['an IndexedDB that never opens', { open: () => ({}) } as unknown as IDBFactory],
  ])('%s: runs from memory and says so', async (_, factory) => {
    const { server, folder, environment } = await setting();
    Object.assign(environment, { indexedDB: factory, openTimeoutMs: 50 });
    const model = await openModel(server.url, { environment, timing: FAST });
    await model.fetchFiles(folder.paths);
    expect(model.stored).toBe(false);
    expect(said(model.notStoredReason)).toMatch(/does not let the page keep data/);
    expect(await readsAs(model, folder)).toBe(true);
    expect(server.sent()).toBe(folder.manifest.variants[0]?.bytes);
    expect(await listModels({ environment })).toEqual([]);
    await expect(deleteModel(server.url, { environment })).rejects.toMatchObject({ code: 'storage-blocked' });
  });

  it('a transaction that the browser ends is tried once more', async () => {
    const { environment, folder, load } = await setting();
    environment.indexedDB = failingFactory(environment.indexedDB as IDBFactory, (puts) =>
      puts === 2 ? new DOMException('ended', 'AbortError') : null,
    );
    const model = await load();
    expect(model.stored).toBe(true);
    expect(await readsAs(model, folder)).toBe(true);
  });
});

describe('connection', () => {
  it('steps aside when another page wants to change the database, and comes back', async () => {
    const factory = new FakeFactory();
    const connection = new Connection(factory, 'x');
    await connection.store('chunks')('readwrite', (store) => store.put(1, 'a'));
    await new Promise<void>((resolve, reject) => {
      const request = factory.deleteDatabase('x');
      request.onsuccess = () => resolve();
      request.onblocked = () => reject(new Error('blocked'));
    });
    await connection.store('chunks')('readwrite', (store) => store.put(2, 'b'));
    await connection.close();
  });

  it('is opened again after the browser has closed it', async () => {
    const factory = new FakeFactory();
    const open = vi.spyOn(factory, 'open');
    const connection = new Connection(factory, 'x');
    const store = connection.store('chunks');
    await store('readonly', () => null);
    const [first] = open.mock.results;
    (first as { value: IDBOpenDBRequest }).value.result.close();
    await store('readonly', () => null);
    expect(open).toHaveBeenCalledTimes(2);
    await connection.close();
  });

  it('gives up on a blocked open in time, and says what to do', async () => {
    const factory = new FakeFactory();
    const held = await new Promise<IDBDatabase>((resolve) => {
      const request = factory.open('x', 1);
      request.onsuccess = () => resolve(request.result as unknown as IDBDatabase);
    });
    const deleting = factory.deleteDatabase('x'); // waits for `held`, and everybody who opens waits for it
    const connection = new Connection(factory, 'x', 30);
    await expect(connection.store('chunks')('readonly', () => null)).rejects.toMatchObject({
      code: 'storage-blocked',
      evidence: { reason: 'blocked', how: 'open timed out' },
    });
    held.close();
    await new Promise((resolve) => (deleting.onsuccess = resolve));
    await connection.store('chunks')('readonly', () => null);
    await connection.close();
  });
});
