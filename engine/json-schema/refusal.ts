/** A keyword, its place in a schema and a reason → the error that says why the schema cannot be kept. */
import { AppError } from '../../contract/errors.ts';

/** Names the keyword and the place (a JSON pointer, `#` for the top) in the message and in the evidence. */
export function refusal(keyword: string, pointer: string, reason: string): AppError {
  const place = `#${pointer}`;
  const message = `The schema uses ${keyword} at ${place}, which cannot be kept here: ${reason}`;
  return new AppError('request-invalid', message, { option: 'response_format', keyword, place });
}

/** For a schema that cannot be used as a whole. */
export function unusable(message: string): AppError {
  return new AppError('request-invalid', message, { option: 'response_format' });
}
