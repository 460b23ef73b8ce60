import { expose } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import type { LoadProgress, ModelInfo } from '../../contract/backend.ts';
import type { ChatEvent, ChatRequest } from '../../contract/chat.ts';
import { AppError, type Result, toWire } from '../../contract/errors.ts';
import type { InferenceWorkerApi } from '../../contract/protocol.ts';
import { createWorkerBackend } from './worker.ts';
import type { WorkerLike } from './worker-client.ts';

const INFO: ModelInfo = {
  id: 'm',
  name: 'M',
  variant: 'wasm-int8',
  device: 'wasm',
  reasons: [],
  threads: 1,
  max_length: 64,
  image_tokens: 4,
  bytes: 8,
  self_test_error: 0,
  stored: true,
};
const DONE: ChatEvent = {
  type: 'done',
  finish_reason: 'stop',
  usage: { prompt_tokens: 3, cached_tokens: 0, completion_tokens: 2 },
  timings: { image: 1, vision: 1, prefill: 1, first_token: 3, decode: 1 },
};
const QUESTION: ChatRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }] }] };

const ok = <T>(value: T): Result<T> => ({ ok: true, value });
const failed = (error: AppError): Result<never> => ({ ok: false, error: toWire(error) });
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

/** A worker whose two sides are joined by a MessageChannel; `crash` is what the browser does when a worker dies. */
class FakeWorker {
  readonly cancelled: string[] = [];
  readonly near: MessagePort;
  readonly far: MessagePort;
  readonly events = new EventTarget();
  terminated = false;

  constructor(api: Partial<InferenceWorkerApi>) {
    const { port1, port2 } = new MessageChannel();
    this.near = port1;
    this.far = port2;
    const whole: InferenceWorkerApi = {
      load: async () => ok(INFO),
      chat: async () => ok(null),
      cancel: async (id) => void this.cancelled.push(id),
      deleteStored: async () => ok(null),
      dispose: async () => ok(null),
      ...api,
    };
    expose(whole, port2);
  }

  get like(): WorkerLike {
    return {
      postMessage: this.near.postMessage.bind(this.near) as WorkerLike['postMessage'],
      addEventListener: ((type: string, listener: EventListener) =>
        (type === 'message' ? this.near : this.events).addEventListener(
          type,
          listener,
        )) as WorkerLike['addEventListener'],
      removeEventListener: ((type: string, listener: EventListener) =>
        (type === 'message' ? this.near : this.events).removeEventListener(
          type,
          listener,
        )) as WorkerLike['removeEventListener'],
      terminate: () => {
        this.terminated = true;
        this.near.close();
      },
    };
  }

  start(): WorkerLike {
    this.near.start();
    return this.like;
  }

  crash(type = 'error'): void {
    this.far.close();
    this.events.dispatchEvent(Object.assign(new Event(type), { message: 'Uncaught RangeError', lineno: 3 }));
  }
}

const opened: { dispose(): Promise<void> }[] = [];
const workers: FakeWorker[] = [];

function backendOf(
  api: (worker: () => FakeWorker) => Partial<InferenceWorkerApi>,
  timing: Parameters<typeof createWorkerBackend>[0]['timing'] = {},
) {
  workers.length = 0;
  const backend = createWorkerBackend({
    modelUrl: 'https://example.test/models/m',
    timing: { disposeTimeoutMs: 50, ...timing },
    createWorker: () => {
      const worker: FakeWorker = new FakeWorker(api(() => worker));
      workers.push(worker);
      return worker.start();
    },
  });
  opened.push(backend);
  return backend;
}

afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.dispose();
});

async function collect(events: AsyncIterable<ChatEvent>): Promise<ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('load', () => {
  it('hands over the absolute folder URL, device and variant, and passes progress on', async () => {
    const requests: unknown[] = [];
    const progress: LoadProgress = { step: 'download', loaded_bytes: 1, total_bytes: 2, network_bytes: 1 };
    const worker: FakeWorker = new FakeWorker({
      async load(_id, request, onProgress) {
        requests.push(request);
        await onProgress(progress);
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
        expect(request).toEqual(QUESTION);
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

  it('closes the callback port at the end, so that late calls go nowhere', async () => {
    let closed = false;
    const backend = backendOf(() => ({
      async chat(_id, _request, onEvent) {
        await onEvent(DONE);
        const late = Promise.resolve(onEvent({ type: 'text', text: 'late' }));
        late.then(() => (closed = false));
        setTimeout(() => {
          const never = Promise.resolve(onEvent({ type: 'text', text: 'later' }) as unknown);
          closed = true;
          never.then(() => (closed = false));
        }, 30);
        return ok(null);
      },
    }));
    expect(await collect(backend.chat(QUESTION))).toEqual([DONE]);
    await until(() => closed);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toBe(true);
  });

  it('throws what the worker reported, with code and evidence', async () => {
    const backend = backendOf(() => ({
      async chat(_id, _request, onEvent) {
        await onEvent({ type: 'text', text: 'a' });
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
          await onEvent(stopped);
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
          await onEvent(DONE); // must not hang although nobody reads the first answer any more
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
          await onEvent(DONE);
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
        await onEvent(DONE);
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
        await onEvent(DONE);
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
        await onEvent(DONE);
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
        await onEvent(DONE);
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
