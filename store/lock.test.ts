import { describe, expect, it } from 'vitest';
import { underLock } from './lock.ts';

type Locks = Pick<LockManager, 'request'>;
const refusing = (name: string): Locks => ({
  request: () => Promise.reject(new DOMException('The request was denied.', name)),
});
const granting = {
  request: (_name: string, _options: object, task: () => Promise<unknown>) => task(),
} as unknown as Locks;

describe('underLock', () => {
  it('runs the task once, with a lock, without one, and where locks are refused', async () => {
    for (const locks of [granting, undefined, refusing('SecurityError')]) {
      let runs = 0;
      expect(await underLock(locks, 'a', undefined, async () => ++runs)).toBe(1);
    }
    expect(
      await underLock(
        refusing('SecurityError'),
        'a',
        undefined,
        async () => 'task',
        async () => 'otherwise',
      ),
    ).toBe('otherwise');
  });

  it('does not run it again when the task itself fails, nor when the wait was given up', async () => {
    let runs = 0;
    const failing = async (): Promise<never> => {
      runs += 1;
      throw new DOMException('Not allowed.', 'SecurityError');
    };
    await expect(underLock(granting, 'a', undefined, failing)).rejects.toMatchObject({ name: 'SecurityError' });
    await expect(underLock(refusing('AbortError'), 'a', undefined, failing)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(runs).toBe(1);
  });
});
