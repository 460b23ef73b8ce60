/** A folder on a disk → a Source. */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { AppError } from '../../contract/errors.ts';
import type { Source } from '../../contract/files.ts';
import { missing, named, partsOf } from '../path.ts';
import { failed, isMissing } from './failure.ts';

/** Files are opened for each read, so that nothing has to be closed. */
export function folderSource(directory: string): Source {
  const name = directory;
  const at = (path: string): string => join(directory, ...partsOf(path));
  const refuse = (thrown: unknown, path: string): AppError =>
    isMissing(thrown) ? missing({ name }, path, thrown) : failed(thrown, 'read', named({ name }, path));
  return {
    name,
    list: async () => {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((thrown: unknown) => {
        if (isMissing(thrown)) return [];
        throw failed(thrown, 'read', directory);
      });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return files.map((file) => relative(directory, file).split(sep).join('/')).sort();
    },
    size: async (path) => {
      try {
        const stats = await stat(at(path));
        return stats.isFile() ? stats.size : undefined;
      } catch (thrown) {
        if (isMissing(thrown)) return undefined;
        throw refuse(thrown, path);
      }
    },
    read: async (path, begin = 0, end = Number.POSITIVE_INFINITY, signal) => {
      signal?.throwIfAborted();
      const target = at(path);
      let file: FileHandle | undefined;
      try {
        file = await open(target, 'r');
        const { size } = await file.stat();
        return await readRange(file, begin, Math.min(end, size));
      } catch (thrown) {
        throw refuse(thrown, path);
      } finally {
        await file?.close();
      }
    },
  };
}

async function readRange(file: FileHandle, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.max(0, end - begin));
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, begin + filled);
    if (bytesRead === 0) return bytes.slice(0, filled); // it shrank meanwhile
    filled += bytesRead;
  }
  return bytes;
}
