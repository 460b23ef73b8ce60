/** A task → the same under a Web Lock, where the browser gives one. */

/**
 * Runs `task` while holding the lock. Browsers that give a frame of another site no storage refuse it locks as well, with
 * a SecurityError; then `otherwise` runs, as where there are no Web Locks at all.
 */
export async function underLock<T>(
  locks: Pick<LockManager, 'request'> | undefined,
  name: string,
  signal: AbortSignal | undefined,
  task: () => Promise<T>,
  otherwise: () => Promise<T> = task,
): Promise<T> {
  if (!locks) return otherwise();
  let begun = false;
  try {
    return await locks.request(name, signal ? { signal } : {}, () => {
      begun = true;
      return task();
    });
  } catch (thrown) {
    if (begun || (thrown as Partial<DOMException> | null)?.name !== 'SecurityError') throw thrown;
    return otherwise();
  }
}
