/** A path inside a folder → its parts, checked: no way out, whatever a manifest or a server says. */
import { AppError } from '../contract/errors.ts';

/** Throws `request-invalid` for an absolute path, an empty part, `.` or `..`, a backslash or a NUL. */
export function partsOf(path: string): string[] {
  const parts = path.split('/');
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || /[\\\0]/.test(part));
  if (!bad) return parts;
  const message = `${JSON.stringify(path.slice(0, 200))} is not the path of a file inside a folder.`;
  throw new AppError('request-invalid', message, { path: path.slice(0, 200) });
}

/** What a person calls a file of a folder. */
export function named(folder: { name: string }, path: string): string {
  return `${folder.name}/${path}`;
}

/** A file that was there a moment ago, or never. */
export function missing(folder: { name: string }, path: string, cause?: unknown): AppError {
  return new AppError('request-invalid', `There is no file ${named(folder, path)}.`, { file: path }, cause);
}
