/** What is dropped onto the page → the files of a model, where it is one and somebody waits for models. */
import type { LocalFile } from '../../../contract/stored-models.ts';

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
  receiver.take(entries.length > 0 ? walkThrough(entries) : Promise.resolve(loose));
  return true;
}

const isManifest = ({ name }: File): boolean => name === 'manifest.json';

const walkThrough = async (entries: FileSystemEntry[]): Promise<LocalFile[]> =>
  (await import('./walk.ts')).walk(entries);
