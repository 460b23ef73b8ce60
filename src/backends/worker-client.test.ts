import { describe, expect, it } from 'vitest';
import { backendOf, collect, DONE, INFO, ok, QUESTION, send, until, workers } from './test/fake-worker.ts';
import { createWorkerBackend } from './worker.ts';

describe('a worker that dies', () => {
  it('settles every pending call with worker-lost, and the next question loads in a new worker', async () => {
    let loads = 0;
    let chats = 0;
    const backend = backendOf(() => ({
      async load() {
        loads += 1;
        return ok(INFO);
      },
      async chat(_id, _request, onEvent) {
        chats += 1;
        onEvent({ type: 'text', text: 'a' });
        if (workers.length === 1) await new Promise(() => {});
        await send(onEvent, DONE);
        return ok(null);
      },
    }));
    const first = collect(backend.chat(QUESTION));
    const second = collect(backend.chat(QUESTION));
    await until(() => chats === 2);
    workers[0]?.crash();
    await expect(first).rejects.toMatchObject({ code: 'worker-lost', evidence: { reason: 'Uncaught RangeError' } });
    await expect(second).rejects.toMatchObject({ code: 'worker-lost' });
    expect(workers[0]?.terminated).toBe(true);
    expect((await collect(backend.chat(QUESTION))).at(-1)).toEqual(DONE);
    expect(loads).toBe(2);
  });

  it.each(['error', 'messageerror'])('is noticed by the %s event during load', async (type) => {
    let loading = false;
    const backend = backendOf(() => ({
      load() {
        loading = true;
        return new Promise(() => {});
      },
    }));
    const load = backend.load();
    await until(() => loading);
    workers[0]?.crash(type);
    await expect(load).rejects.toMatchObject({ code: 'worker-lost' });
  });

  it('stops starting new ones after three crashes in a row, until load is asked for', async () => {
    let healthy = false;
    const backend = backendOf((worker) => ({
      async chat(_id, _request, onEvent) {
        if (!healthy) {
          worker().crash();
          return new Promise(() => {});
        }
        await send(onEvent, DONE);
        return ok(null);
      },
    }));
    for (let i = 0; i < 3; i++)
      await expect(collect(backend.chat(QUESTION))).rejects.toMatchObject({ code: 'worker-lost' });
    expect(workers).toHaveLength(3);
    await expect(collect(backend.chat(QUESTION))).rejects.toMatchObject({
      code: 'worker-lost',
      evidence: { crashes: 3 },
    });
    expect(workers).toHaveLength(3);
    healthy = true;
    await backend.load();
    expect(await collect(backend.chat(QUESTION))).toEqual([DONE]);
    expect(workers).toHaveLength(4);
  });

  it('is forgiven after an answer', async () => {
    let chats = 0;
    const backend = backendOf((worker) => ({
      async chat(_id, _request, onEvent) {
        chats += 1;
        if (chats % 2 === 1) {
          worker().crash();
          return new Promise(() => {});
        }
        await send(onEvent, DONE);
        return ok(null);
      },
    }));
    for (let i = 0; i < 5; i++) {
      await expect(collect(backend.chat(QUESTION))).rejects.toMatchObject({
        code: 'worker-lost',
        evidence: { crashes: 1 },
      });
      expect(await collect(backend.chat(QUESTION))).toEqual([DONE]);
    }
  });

  it('that cannot be created is an error with a reason', async () => {
    const backend = createWorkerBackend({
      modelUrl: 'https://example.test/m/',
      createWorker: () => {
        throw new TypeError('refused by policy');
      },
    });
    await expect(backend.load()).rejects.toMatchObject({
      code: 'worker-lost',
      evidence: { reason: 'refused by policy' },
    });
  });
});

describe('dispose', () => {
  it('frees the worker, settles pending calls as cancelled, and allows a new start', async () => {
    let chats = 0;
    let disposed = 0;
    const backend = backendOf(() => ({
      async chat(_id, _request, onEvent) {
        chats += 1;
        if (chats === 1) await new Promise(() => {});
        await send(onEvent, DONE);
        return ok(null);
      },
      async dispose() {
        disposed += 1;
        return ok(null);
      },
    }));
    const pending = collect(backend.chat(QUESTION));
    const outcome = expect(pending).rejects.toMatchObject({ code: 'cancelled' });
    await until(() => chats === 1);
    await backend.dispose();
    await outcome;
    expect(disposed).toBe(1);
    expect(workers[0]?.terminated).toBe(true);
    expect(await collect(backend.chat(QUESTION))).toEqual([DONE]);
    expect(workers).toHaveLength(2);
  });

  it('does not wait for a worker that hangs', async () => {
    const backend = backendOf(() => ({ dispose: () => new Promise(() => {}) }), { disposeTimeoutMs: 20 });
    await backend.load();
    await backend.dispose();
    expect(workers[0]?.terminated).toBe(true);
  });
});

it('deletes the stored weights of its own model', async () => {
  const deleted: string[] = [];
  const backend = backendOf(() => ({
    async deleteStored(url) {
      deleted.push(url);
      return ok(null);
    },
  }));
  await backend.deleteStored();
  expect(deleted).toEqual(['https://example.test/models/m/']);
});
