import { expect, test } from 'vitest';
import { ok, backendOf, collect, DONE, failed, QUESTION, send, until } from './test/fake-worker.ts';
import { AppError } from '../../contract/errors.ts';

test('a question waits for the work ahead of it, says so, and is answered whatever became of that work', async () => {
  for (const result of [ok(null), failed(new AppError('image-broken', 'Damaged.'))]) {
    const calls: string[] = [];
    let open = () => {};
    const backend = backendOf(() => ({
      async prepare() {
        calls.push('prepare');
        await new Promise<void>((resolve) => (open = resolve));
        calls.push('prepared');
        return result;
      },
      async chat(_id, _request, onEvent) {
        calls.push('chat');
        await send(onEvent, DONE);
        return ok(null);
      },
    }));
    await backend.load();
    const works = [backend.prepare({ messages: [] }), backend.prepare({ messages: [] })];
    const settled = Promise.allSettled(works);
    const answer = collect(backend.chat(QUESTION));
    await until(() => calls.length === 1);
    open();
    await until(() => calls.length === 3);
    open();
    expect(await answer).toEqual([{ type: 'phase', phase: 'vision' }, DONE]);
    expect(calls).toEqual(['prepare', 'prepared', 'prepare', 'prepared', 'chat']);
    expect((await settled).map(({ status }) => status)).toEqual(Array(2).fill(result.ok ? 'fulfilled' : 'rejected'));
    expect(await collect(backend.chat(QUESTION))).toEqual([DONE]);
  }
});

test('a worker that cannot prepare, and one that is not there, leave the question alone', async () => {
  const backend = backendOf(() => ({
    prepare: async () => failed(new AppError('request-invalid', 'Not this one.')),
    async chat(_id, _request, onEvent) {
      await send(onEvent, DONE);
      return ok(null);
    },
  }));
  await backend.prepare({ messages: [] });
  await backend.load();
  await expect(backend.prepare({ messages: [] })).rejects.toBeInstanceOf(AppError);
  expect(await collect(backend.chat(QUESTION))).toEqual([DONE]);
});

test('a worker that dies over the work ahead is replaced, and the question answered', async () => {
  let workers = 0;
  const backend = backendOf((worker) => {
    workers += 1;
    return {
      async prepare() {
        worker().crash();
        return ok(null);
      },
      async chat(_id, _request, onEvent) {
        await send(onEvent, DONE);
        return ok(null);
      },
    };
  });
  await backend.load();
  const work = backend.prepare({ messages: [] });
  const answer = collect(backend.chat(QUESTION));
  await expect(work).rejects.toMatchObject({ code: 'worker-lost' });
  expect((await answer).at(-1)).toEqual(DONE);
  expect(workers).toBe(2);
});
