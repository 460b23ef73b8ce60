/** A folder on a disk → a Sink that writes into it as it stands. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Sink } from '../../contract/files.ts';
import { named, partsOf } from '../path.ts';
import { failed } from './failure.ts';
import { folderSource } from './source.ts';

async function writeFully(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, offset + at);
    at += bytesWritten;
  }
}

/** Writes into the folder as it stands, which is made when it is missing. Files stay open until `finish` or `abort`. */
export function folderSink(directory: string): Sink {
  const files = new Map<string, Promise<FileHandle>>();
  const at = (path: string): string => join(directory, ...partsOf(path));
  const begin = async (path: string): Promise<FileHandle> => {
    await mkdir(dirname(path), { recursive: true });
    return open(path, constants.O_RDWR | constants.O_CREAT);
  };
  const close = async (path: string): Promise<void> => {
    const file = files.get(path);
    files.delete(path);
    await (await file)?.close();
  };
  const closeAll = async (): Promise<void> => {
    await Promise.all([...files.keys()].map((path) => close(path).catch(() => undefined))); // what failed was reported
  };
  const report = async <T>(path: string, task: () => Promise<T>): Promise<T> =>
    task().catch((thrown: unknown) => {
      throw failed(thrown, 'written', named({ name: directory }, path));
    });
  return {
    name: directory,
    written: folderSource(directory),
    write: (path, offset, bytes) =>
      report(path, async () => {
        const target = at(path);
        let file = files.get(target);
        if (!file) {
          file = begin(target);
          files.set(target, file);
        }
        await writeFully(await file, bytes, offset);
      }),
    rename: (from, to) =>
      report(to, async () => {
        await Promise.all([close(at(from)), close(at(to))]);
        await mkdir(dirname(at(to)), { recursive: true });
        await rename(at(from), at(to));
      }),
    remove: (path) =>
      report(path, async () => {
        const target = at(path);
        for (const file of files.keys()) if (file === target || file.startsWith(target + sep)) await close(file);
        await rm(target, { recursive: true, force: true });
      }),
    finish: closeAll,
    abort: closeAll,
  };
}
