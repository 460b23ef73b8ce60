/** Paths below a directory handle of the browser's private file system → handles, moved and removed files, named failures. */
import { AppError, asAppError } from '../../contract/errors.ts';
import { partsOf } from '../path.ts';

export type Directory = FileSystemDirectoryHandle;

/** Whether there simply is no such file. */
export const isMissing = (thrown: unknown): boolean =>
  ['NotFoundError', 'TypeMismatchError'].includes((thrown as Partial<DOMException> | null)?.name ?? '');

/** A failure of the file system, in words for a person. */
export function failed(thrown: unknown, verb: string, what: string): AppError {
  const error = asAppError(thrown);
  if (thrown instanceof AppError || error.code === 'quota' || error.code === 'cancelled') return error;
  const busy = (thrown as Partial<DOMException>).name === 'NoModificationAllowedError';
  const advice = busy ? 'Another tab is using it. Close that tab and try again.' : 'Try again.';
  const message = `${what} cannot be ${verb} in this browser's storage. ${advice}`;
  return new AppError('storage-blocked', message, { reason: error.message }, thrown);
}

/** The handle of a file below `root`. Throws NotFoundError unless `create`. */
export async function fileAt(root: Directory, path: string, create = false): Promise<FileSystemFileHandle> {
  const parts = partsOf(path);
  const last = parts.pop() as string;
  let folder = root;
  for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
  return folder.getFileHandle(last, { create });
}

/** Browsers have had `move` for files of the private file system for years; TypeScript's library does not know it. */
type Movable = FileSystemFileHandle & { move(folder: Directory, name: string): Promise<void> };

/** Gives a file another folder or name; what was there is replaced. */
export async function move(fromRoot: Directory, from: string, toRoot: Directory, to: string): Promise<void> {
  const file = (await fileAt(fromRoot, from)) as Movable;
  const parts = partsOf(to);
  const last = parts.pop() as string;
  let folder = toRoot;
  for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
  await file.move(folder, last);
}

/** Deletes a file or a folder; nothing happens when there is none. */
export async function remove(root: Directory, path: string): Promise<void> {
  const parts = partsOf(path);
  const last = parts.pop() as string;
  try {
    let folder = root;
    for (const part of parts) folder = await folder.getDirectoryHandle(part);
    await folder.removeEntry(last, { recursive: true });
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
  }
}
