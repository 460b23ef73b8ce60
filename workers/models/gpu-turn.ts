/** Answers of several tabs on one GPU → one at a time: together they are slower and may exhaust its memory. */
import type { Device } from '../../contract/backend.ts';
import { underLock } from '../../store/lock.ts';

/**
 * Runs `task` when no other tab of this site computes on the GPU; at once on another device and where the
 * browser gives no Web Locks. Aborting `signal` ends the wait with its reason; the lock of a tab that dies is given back.
 */
export function aloneOnGpu<T>(
  device: Device,
  locks: Pick<LockManager, 'request'> | undefined,
  signal: AbortSignal,
  task: () => Promise<T>,
): Promise<T> {
  return device === 'webgpu' ? underLock(locks, 'graphics-processor', signal, task) : task();
}
