/** What Node's file system throws → an AppError in words for a person. */
import { AppError } from '../../contract/errors.ts';

/** Whether there simply is no such file. */
export const isMissing = (thrown: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException | null)?.code ?? '');

/** @param verb what could not be done: `read`, `written` */
export function failed(thrown: unknown, verb: string, what: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const { code = '' } = thrown as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const advice = full ? 'The disk is full.' : 'Check the path and its permissions.';
  return new AppError(full ? 'quota' : 'request-invalid', `${what} cannot be ${verb}. ${advice}`, { code }, thrown);
}
