/** A folder that is filled under another name and renamed at the end: complete, or not there at all. */
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../contract/errors.ts';

/** Throws `request-invalid` when `out` is there and must not be replaced. */
export async function refuseExisting(out: string, force: boolean): Promise<void> {
  if (!force && (await exists(out)))
    throw new AppError('request-invalid', `${out} exists already. Choose another folder or add --force.`, {});
}

/** Lets `write` fill a hidden sibling of `out` and puts it in the place of `out`; when it throws, nothing is left. */
export async function inPlace<T>(out: string, write: (folder: string) => Promise<T>): Promise<T> {
  const target = resolve(out);
  // A sibling, so that the last step is a rename within one file system.
  const folder = join(dirname(target), `.${basename(target)}.building-${process.pid}-${Date.now().toString(36)}`);
  const topmost = await mkdir(folder, { recursive: true });
  try {
    const result = await write(folder);
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
    return result;
  } catch (error) {
    await rm(topmost ?? folder, { recursive: true, force: true });
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    // Whatever keeps it from being seen, rename will report.
    return false;
  }
}
