/** Answers of several tabs on one graphics processor → one at a time: together they are slower and may exhaust its memory. */
import type { Device } from '../contract/backend.ts';

/**
 * Runs `task` when no other tab of this site computes on the graphics processor; at once on another device and where the
 * browser has no Web Locks. Aborting `signal` ends the wait with its reason; the lock of a tab that dies is given back.
 */
export function inTurn<T>(
  device: Device,
  locks: Pick<LockManager, 'request'> | undefined,
  signal: AbortSignal,
  task: () => Promise<T>,
): Promise<T> {
  if (device !== 'webgpu' || !locks) return task();
  return locks.request('graphics-processor', { signal }, task);
}
