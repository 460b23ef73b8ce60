import { describe, expect, test } from 'vitest';
import { Queue } from './queue.ts';

describe('Queue', () => {
  test('runs tasks in order, one at a time, also after a failure', async () => {
    const queue = new Queue();
    const log: string[] = [];
    const task = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      log.push(`${name} ends`);
      if (name === 'b') throw new Error('b failed');
      return name;
    };
    const [a, b, c] = await Promise.allSettled([queue.run(task('a')), queue.run(task('b')), queue.run(task('c'))]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect([a.status, b.status, c.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('enter holds the queue until left', async () => {
    const queue = new Queue();
    const leave = await queue.enter();
    let ran = false;
    const later = queue.run(() => {
      ran = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(ran).toBe(false);
    leave();
    await later;
    expect(ran).toBe(true);
  });

  test('who stops waiting rejects at once and does not hold up those behind', async () => {
    const queue = new Queue();
    const leave = await queue.enter();
    const controller = new AbortController();
    const waiting = queue.enter(controller.signal);
    const behind = queue.enter();
    controller.abort(new Error('no longer'));
    await expect(waiting).rejects.toThrow('no longer');
    leave();
    (await behind)();
    await expect(queue.enter(controller.signal)).rejects.toThrow('no longer');
    await queue.run(() => {});
  });
});
