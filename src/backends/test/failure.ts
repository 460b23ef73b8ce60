/** A task that has to fail → the error it failed with. */
import { type AppError, asAppError } from '../../../contract/errors.ts';

export async function failure(task: Promise<unknown>): Promise<AppError> {
  try {
    await task;
  } catch (thrown) {
    return asAppError(thrown);
  }
  throw new Error('did not fail');
}
