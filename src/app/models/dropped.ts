/** What is dropped onto the page → the files of a model, where it is one and somebody waits for models. */
import { AppError } from '../../../contract/errors.ts';
import type { LocalFile } from '../../../contract/stored-models.ts';

/** Whoever looks through more would only keep the person waiting; the worker that checks the files says so. */
const MAX_FILES = 20_001;

interface Receiver {
  take: (files: Promise<LocalFile[]>) => void;
  /** Whatever is dropped is meant to be a model, as the model manager is open. */
  everything: boolean;
}

let receiver: Receiver | null = null;

/** From now on `next` is given the models that are dropped; returns how to stop. */
export function receiveModels(next: Receiver): () => void {
  receiver = next;
  return () => {
    if (receiver === next) receiver = null;
  };
}

/** True when somebody takes what was dropped as a model. It has to be asked while the event is handled. */
export function takeModel({ items, files }: DataTransfer): boolean {
  if (receiver === null) return false;
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? null).filter((entry) => entry !== null);
  const isModel = entries.some(({ isDirectory }) => isDirectory) || [...files].some(isManifest);
  if (!isModel && !(receiver.everything && files.length > 0)) return false;
  const loose = [...files].map((file) => ({ path: file.name, blob: file }));
  receiver.take(entries.length > 0 ? walk(entries) : Promise.resolve(loose));
  return true;
}

const isManifest = ({ name }: File): boolean => name === 'manifest.json';

/** All files below these entries, by their paths from where they were dropped. Throws `request-invalid`. */
async function walk(roots: readonly FileSystemEntry[]): Promise<LocalFile[]> {
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
