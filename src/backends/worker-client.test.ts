import { describe, expect, it } from 'vitest';
import { AppError } from '../../contract/errors.ts';
import { backendOf, collect, DONE, failed, INFO, ok, QUESTION, send, until, workers } from './test/fake-worker.ts';
import { createWorkerBackend } from './worker.ts';

describe('a worker that dies', () => {
  it('settles every pending call, and its answers go on in a new one', async () => {
    let loads = 0;
    const resumes: unknown[] = [];
    const backend = backendOf(() => ({
      async load() {
        loads += 1;
        return ok(INFO);
      },
      async chat(_id, request, onEvent, resume) {
        resumes.push(resume);
        expect(request.seed).toBeTypeOf('number');
        if (workers.length > 1) {
          await send(onEvent, { type: 'text', text: resume ? 'c' : 'abc', token_ids: [3] });
          await send(onEvent, DONE);
          return ok(null);
        }
        if (resumes.length === 1) await send(onEvent, { type: 'text', text: 'ab', token_ids: [1, 2] });
        return new Promise(() => {});
      },
      deleteStored: () => new Promise(() => {}),
    }));
    const first = collect(backend.chat(QUESTION));
    await until(() => resumes.length === 1);
    const second = collect(backend.chat(QUESTION));
    const other = backend.deleteStored();
    await until(() => resumes.length === 2);
    workers[0]?.crash();
    await expect(other).rejects.toMatchObject({ code: 'worker-lost', evidence: { reason: 'Uncaught RangeError' } });
    for (const events of await Promise.all([first, second])) {
      expect(events.map((event) => (event.type === 'text' ? event.text : '')).join('')).toBe('abc');
      expect(events.at(-1)).toMatchObject({ type: 'done', usage: { restarts: 1 } });
    }
    expect(resumes.slice(2)).toContainEqual({ token_ids: [1, 2], text_length: 2 });
    expect(resumes.slice(2)).toContain(undefined);
    expect(workers[0]?.terminated).toBe(true);
    expect(loads).toBe(2);
  });

  it('or says itself that it is of no use is replaced; after two losses the GPU is left alone', async () => {
    const devices: unknown[] = [];
    const backend = backendOf(() => ({
      async load(_id, { device }) {
        devices.push(device);
        return ok({ ...INFO, device: device ?? 'webgpu' });
      },
      async chat(_id, _request, onEvent) {
        if (workers.length < 3)
          return failed(new AppError('worker-lost', 'The device is gone.', { reason: 'unknown' }));
        await send(onEvent, DONE);
        return ok(null);
      },
    }));
    const events = await collect(backend.chat(QUESTION));
    expect(events).toMatchObject([{ type: 'done', usage: { restarts: 2 } }]);
    expect(devices).toEqual([undefined, undefined, 'wasm']);
    expect((await backend.load()).reasons[0]).toEqual({ reason: 'crashes', values: { times: 2 } });
  });

  it('without a word, deaf in the middle of an answer, is noticed and replaced', async () => {
    let pings = 0;
    const backend = backendOf(
      () => ({
        async chat(_id, _request, onEvent) {
          if (workers.length === 1) return new Promise(() => {});
          await send(onEvent, DONE);
          return ok(null);
        },
        // A deaf worker answers nothing, not even this.
        ping() {
          pings += 1;
          return workers.length === 1 ? new Promise(() => {}) : Promise.resolve();
        },
      }),
      { silenceMs: 1200 },
    );
    expect(await collect(backend.chat(QUESTION))).toMatchObject([{ usage: { restarts: 1 } }]);
    expect(pings).toBeGreaterThan(0);
  });

  it('deaf between two tokens, is noticed long before a silence that a prefill may have', async () => {
    const backend = backendOf(
      () => ({
        async chat(_id, _request, onEvent) {
          if (workers.length > 1) {
            await send(onEvent, DONE);
            return ok(null);
          }
          for (const text of 'abcdef') await send(onEvent, { type: 'text', text, token_ids: [1] });
          return new Promise(() => {});
        },
        ping: () => (workers.length === 1 ? new Promise(() => {}) : Promise.resolve()),
      }),
      { silenceMs: 600_000, tokenSilenceMs: 1500 },
    );
    const events = await collect(backend.chat(QUESTION));
    expect(events.at(-1)).toMatchObject({ type: 'done', usage: { restarts: 1 } });
  });

  it('that is only slow, and answers nothing for seconds between two tokens, is waited for', async () => {
    const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 4000));
    const backend = backendOf(() => ({
      async chat(_id, _request, onEvent) {
        for (const text of 'abcdef') onEvent({ type: 'text', text, token_ids: [1] });
        await slow();
        onEvent(DONE);
        return ok(null);
      },
      ping: slow,
    }));
    expect((await collect(backend.chat(QUESTION))).at(-1)).toEqual(DONE);
    expect(workers).toHaveLength(1);
  });

  it('that looks at an image has its time, also when another question comes meanwhile', async () => {
    let chats = 0;
    let seen = (): void => {};
    const looking = new Promise<void>((resolve) => (seen = resolve));
    const backend = backendOf(
      () => ({
        async chat(_id, _request, onEvent) {
          chats += 1;
          if (chats === 1) onEvent({ type: 'phase', phase: 'vision' });
          await looking;
          onEvent(DONE);
          return ok(null);
        },
        ping: () => looking,
      }),
      { silenceMs: 200 },
    );
    const first = collect(backend.chat(QUESTION));
    await until(() => chats === 1);
    const second = collect(backend.chat(QUESTION));
    setTimeout(seen, 1500);
    expect([(await first).at(-1), (await second).at(-1)]).toEqual([DONE, DONE]);
    expect(workers).toHaveLength(1);
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
    await expect(collect(backend.chat(QUESTION))).rejects.toMatchObject({
      code: 'worker-lost',
      evidence: { reason: 'Uncaught RangeError', crashes: 3 },
    });
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
    for (let i = 0; i < 5; i++)
      expect((await collect(backend.chat(QUESTION))).at(-1)).toMatchObject({ type: 'done', usage: { restarts: 1 } });
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
