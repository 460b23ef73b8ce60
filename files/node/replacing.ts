/** A path on a disk → a Sink whose folder comes there at the end: complete, or not at all. */
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import type { Sink } from '../../contract/files.ts';
import { failed } from './failure.ts';
import { folderSink } from './sink.ts';

/**
 * Fills a hidden sibling of `out` and puts it in the place of `out` at the end: complete, or not there at all.
 * Throws `request-invalid` when `out` is there and must not be replaced.
 */
export async function replacingSink(out: string, { force = false } = {}): Promise<Sink> {
  const target = resolve(out);
  const there = (path: string): Promise<boolean> =>
    stat(path).then(
      () => true,
      () => false, // whatever keeps it from being seen, the rename will report
    );
  if (!force && (await there(target)))
    throw new AppError('request-invalid', `${out} exists already. Choose another folder or add --force.`, {});
  const mark = `${process.pid}-${Date.now().toString(36)}`;
  // Siblings, so that the last step is a rename within one file system.
  const folder = join(dirname(target), `.${basename(target)}.building-${mark}`);
  const before = join(dirname(target), `.${basename(target)}.replaced-${mark}`);
  const inside = folderSink(folder);
  let made: Promise<string | undefined> | undefined;
  return {
    ...inside,
    name: out,
    write: async (path, offset, bytes) => {
      made ??= mkdir(folder, { recursive: true }).catch((thrown: unknown) => {
        throw failed(thrown, 'written', out);
      });
      await made;
      await inside.write(path, offset, bytes);
    },
    finish: async () => {
      await inside.finish();
      try {
        const replaces = await there(target);
        if (replaces) await rename(target, before);
        await rename(folder, target);
        if (replaces) await rm(before, { recursive: true, force: true });
      } catch (thrown) {
        if (!(await there(target)) && (await there(before))) await rename(before, target);
        throw failed(thrown, 'written', out);
      }
    },
    abort: async () => {
      await inside.abort();
      const topmost = await made?.catch(() => undefined);
      await rm(topmost ?? folder, { recursive: true, force: true });
    },
  };
}
