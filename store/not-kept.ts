/** A model that should be here and is not → the error that says how to get it back. */
import { AppError } from '../contract/errors.ts';

export function notKept(modelUrl: string): AppError {
  const message = 'This model is not kept in this browser any more. Fetch it again, or add its files again.';
  return new AppError('download-failed', message, { reason: 'notKept', model: modelUrl });
}
