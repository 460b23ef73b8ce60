import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../contract/chat.ts';
import { AppError } from '../../contract/errors.ts';
import { backendOf, collect, DONE, failed, INFO, ok, QUESTION, send, until, workers } from './test/fake-worker.ts';

describe('chat', () => {
  it('loads first, then yields the events in order and ends', async () => {
    const calls: string[] = [];
    const backend = backendOf(() => ({
      async load() {
        calls.push('load');
        return ok(INFO);
      },
      async chat(_id, request, onEvent) {
        calls.push('chat');
        expect(request).toMatchObject(QUESTION);
        for (let i = 0; i < 50; i++) onEvent({ type: 'text', text: String(i) });
        onEvent(DONE);
        return ok(null); // at once: the result may overtake the events
      },
    }));
    const events = await collect(backend.chat(QUESTION));
    expect(calls).toEqual(['load', 'chat']);
    expect(events.slice(0, -1).map((event) => (event.type === 'text' ? event.text : ''))).toEqual(
      Array.from({ length: 50 }, (_, i) => String(i)),
    );
    expect(events.at(-1)).toEqual(DONE);
  });

  it('closes the port at the end, so that late calls go nowhere', async () => {
    let late = false;
    const backend = backendOf(() => ({
      async chat(_id, _request, onEvent) {
        await send(onEvent, DONE);
        setTimeout(() => {
          onEvent({ type: 'text', text: 'late' });
          late = true;
        }, 30);
        return ok(null);
      },
    }));
    expect(await collect(backend.chat(QUESTION))).toEqual([DONE]);
    const closed = workers[0]!.ports.map((port) => new Promise((resolve) => port.addEventListener('close', resolve)));
    await until(() => late);
    await Promise.all(closed);
    expect(closed).toHaveLength(2);
  });

  it('throws what the worker reported, with code and evidence', async () => {
    const backend = backendOf(() => ({
      async chat(_id, _request, onEvent) {
        await send(onEvent, { type: 'text', text: 'a' });
        return failed(new AppError('context-full', 'Too long.', { tokens: 99 }));
      },
    }));
    const seen: ChatEvent[] = [];
    const read = async (): Promise<void> => {
      for await (const event of backend.chat(QUESTION)) seen.push(event);
    };
    await expect(read()).rejects.toMatchObject({ code: 'context-full', evidence: { tokens: 99 } });
    expect(seen).toEqual([{ type: 'text', text: 'a' }]);
  });

  it('reports a method that throws inside the worker', async () => {
    const backend = backendOf(() => ({
      chat() {
        throw new RangeError('out of bounds');
      },
    }));
    await expect(collect(backend.chat(QUESTION))).rejects.toMatchObject({
      code: 'backend-failed',
      message: 'out of bounds',
    });
  });

  it('sends cancel on abort and yields the worker’s own last event', async () => {
    const stopped: ChatEvent = { ...DONE, finish_reason: 'cancelled' } as ChatEvent;
    let chatId = '';
    const backend = backendOf(
      (worker) => ({
        async chat(id, _request, onEvent) {
          chatId = id;
          onEvent({ type: 'text', text: 'a' });
          await until(() => worker().cancelled.includes(id));
          await send(onEvent, stopped);
          return ok(null);
        },
      }),
      { stopGraceMs: 5000 },
    );
    const controller = new AbortController();
    const events: ChatEvent[] = [];
    for await (const event of backend.chat(QUESTION, { signal: controller.signal })) {
      events.push(event);
      if (event.type === 'text') controller.abort();
    }
    expect(events).toEqual([{ type: 'text', text: 'a' }, stopped]);
    expect(workers[0]?.cancelled).toEqual([chatId]);
  });

  it('ends as cancelled when the worker is too busy to react to Stop, and serves the next question', async () => {
    let release = (): void => {};
    let chats = 0;
    const backend = backendOf(
      () => ({
        async chat(_id, _request, onEvent) {
          chats += 1;
          if (chats === 1) {
            await new Promise<void>((resolve) => {
              release = resolve;
            });
          }
          await send(onEvent, DONE); // must not hang although nobody reads the first answer any more
          return ok(null);
        },
      }),
      { stopGraceMs: 10 },
    );
    const controller = new AbortController();
    const first = collect(backend.chat(QUESTION, { signal: controller.signal }));
    await until(() => chats === 1);
    controller.abort();
    expect((await first).at(-1)).toMatchObject({ type: 'done', finish_reason: 'cancelled' });
    release();
    expect(await collect(backend.chat(QUESTION))).toEqual([DONE]);
    expect(workers).toHaveLength(1);
  });

  it('ends a worker that ignores Stop for too long, and starts another for the next question', async () => {
    let chats = 0;
    const backend = backendOf(
      () => ({
        async chat(_id, _request, onEvent) {
          chats += 1;
          if (chats === 1) await new Promise(() => {});
          await send(onEvent, DONE);
          return ok(null);
        },
      }),
      { stopGraceMs: 5, cancelTimeoutMs: 40 },
    );
    const controller = new AbortController();
    const first = collect(backend.chat(QUESTION, { signal: controller.signal }));
    await until(() => chats === 1);
    controller.abort();
    await first;
    await until(() => workers[0]?.terminated === true);
    expect(await collect(backend.chat(QUESTION))).toEqual([DONE]);
    expect(workers).toHaveLength(2);
  });

  it('cancels when the reader leaves the loop, and when it is aborted before it starts', async () => {
    const backend = backendOf((worker) => ({
      async chat(id, _request, onEvent) {
        onEvent({ type: 'text', text: 'a' });
        await until(() => worker().cancelled.includes(id));
        return failed(new AppError('cancelled', 'Stopped.'));
      },
    }));
    for await (const event of backend.chat(QUESTION)) {
      expect(event.type).toBe('text');
      break;
    }
    await until(() => workers[0]?.cancelled.length === 1);
    const events = await collect(backend.chat(QUESTION, { signal: AbortSignal.abort() }));
    expect(events).toMatchObject([{ type: 'done', finish_reason: 'cancelled' }]);
  });
});
