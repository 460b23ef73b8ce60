import { expect, test } from 'vitest';
import { aloneOnGpu } from './gpu-turn.ts';

/** Web Locks of one name, as far as they are used here: first come, first served, and a wait that can be aborted. */
function fakeLocks(): Pick<LockManager, 'request'> {
  let last: Promise<unknown> = Promise.resolve();
  const request = async (_name: string, { signal }: LockOptions, task: () => Promise<unknown>) => {
    const before = last;
    const aborted = new Promise<never>((_, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason as Error)),
    );
    const turn = Promise.race([before, aborted]).then(task);
    last = turn.catch(() => before);
    return turn;
  };
  return { request } as unknown as Pick<LockManager, 'request'>;
}

/** A task that tells when it began and ends when it is told to. */
function task(log: string[], name: string) {
  let end = (): void => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async (): Promise<string> => {
    log.push(name);
    await over;
    return name;
  };
  return { run, end };
}

const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test('two tabs answer one after the other; one that is stopped while it waits never begins', async () => {
  const locks = fakeLocks();
  const log: string[] = [];
  const [first, second, third] = ['first', 'second', 'third'].map((name) => task(log, name));
  const stop = new AbortController();
  const { signal } = new AbortController();
  const answers = [
    aloneOnGpu('webgpu', locks, signal, first!.run),
    aloneOnGpu('webgpu', locks, stop.signal, second!.run),
    aloneOnGpu('webgpu', locks, signal, third!.run),
  ];
  const stopped = expect(answers[1]).rejects.toThrow('Stopped.');
  await turns();
  expect(log).toEqual(['first']);
  stop.abort(new Error('Stopped.'));
  await stopped;
  expect(log).toEqual(['first']);
  first!.end();
  await turns();
  expect(log).toEqual(['first', 'third']);
  third!.end();
  expect(await Promise.all([answers[0], answers[2]])).toEqual(['first', 'third']);
});

test.each(['wasm', 'webgpu'] as const)('nobody waits on %s without a reason', async (device) => {
  const log: string[] = [];
  const locks = device === 'wasm' ? fakeLocks() : undefined;
  const { signal } = new AbortController();
  const [first, second] = ['first', 'second'].map((name) => task(log, name));
  const answers = [aloneOnGpu(device, locks, signal, first!.run), aloneOnGpu(device, locks, signal, second!.run)];
  await turns();
  expect(log).toEqual(['first', 'second']);
  first!.end();
  second!.end();
  await Promise.all(answers);
});
