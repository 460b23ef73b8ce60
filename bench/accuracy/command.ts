/** A command's work → its exit status, with every error written so that a person can act on it. */
import { UsageError } from '../../cli/arguments.ts';
import { asAppError } from '../../contract/errors.ts';

/** Runs `work` and ends the process: 0 done, 1 failed, 2 wrong usage, 130 stopped with Ctrl+C. */
export async function runCommand(
  name: string,
  usage: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new DOMException('Stopped.', 'AbortError')));
  let status = 0;
  try {
    await work(stop.signal);
  } catch (thrown) {
    const isUsage = thrown instanceof UsageError;
    const error = asAppError(thrown);
    status = isUsage ? 2 : error.code === 'cancelled' ? 130 : 1;
    console.error(isUsage ? `${name}: ${thrown.message}\n\n${usage}` : `${name}: ${error.message}`);
  }
  // The runtime's threads would keep the process alive; what was printed is flushed first.
  process.stdout.write('', () => process.exit(status));
}
