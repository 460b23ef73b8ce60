/** Folders and files as the browser hands them out → all files below them, by their paths. */
import { AppError } from '../../../contract/errors.ts';
import type { LocalFile } from '../../../contract/stored-models.ts';

/** Whoever looks through more would only keep the person waiting; the worker that checks the files says so. */
const MAX_FILES = 20_001;

/** All files below these entries, by their paths from where they were dropped. Throws `request-invalid`. */
export async function walk(roots: readonly FileSystemEntry[]): Promise<LocalFile[]> {
  const found: LocalFile[] = [];
  const left = [...roots];
  try {
    for (let entry = left.shift(); entry && found.length < MAX_FILES; entry = left.shift()) {
      if (entry.isDirectory) left.push(...(await childrenOf(entry as FileSystemDirectoryEntry)));
      else found.push({ path: entry.fullPath.slice(1), blob: await fileOf(entry as FileSystemFileEntry) });
    }
  } catch (thrown) {
    const message = 'The files could not be read. Were they moved or deleted? Drop them again.';
    throw new AppError('request-invalid', message, { reason: 'gone' }, thrown);
  }
  return found;
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((...settle) => entry.file(...settle));

/** A reader hands out a part of the folder at each call, and nothing at its end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((...settle) => reader.readEntries(...settle));
    if (some.length === 0) return children;
    children.push(...some);
    if (children.length > MAX_FILES) return children;
  }
}
