/** A command's main function → a process that ends with its exit status and one line that says what went wrong. */
import { asAppError } from '../contract/errors.ts';

/** Exit status 0; 2 when the command line is wrong, 1 for any other error. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  let status = 0;
  try {
    await main();
  } catch (error) {
    const { code, message } = asAppError(error);
    process.stderr.write(`${code}: ${message}\n`);
    status = code === 'request-invalid' ? 2 : 1;
  }
  // The runtime's threads would keep the process alive; what was printed is flushed first.
  process.stdout.write('', () => process.exit(status));
}
