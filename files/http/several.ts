/** Files to fetch → all of them, a few at a time; the first failure ends the others and is the one to report. */

/** Enough to hide the waiting between small files, few enough to hold few chunks in memory. */
const PARALLEL = 3;

/** Nothing is left running when it settles. `task` gets a signal that also aborts when another one has failed. */
export async function inParallel<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  task: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const queue = [...items];
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await task(item, controller.signal);
  };
  const fail = (thrown: unknown): void => {
    failures.push(thrown);
    stop();
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL }, () => work().catch(fail)));
    if (failures.length > 0) throw failures[0];
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
