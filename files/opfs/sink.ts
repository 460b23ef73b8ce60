/** A folder in the browser's private file system → a Sink that writes into it as it stands. Only workers may. */
import type { Sink, Source } from '../../contract/files.ts';
import { named, partsOf } from '../path.ts';
import { type Directory, failed, fileAt, move, remove } from './handles.ts';
import { opfsSource } from './source.ts';

/** Files that are open for writing: nobody else can read them meanwhile, so reads go through the same handles. */
class OpenFiles {
  readonly #root: Directory;
  readonly #handles = new Map<string, Promise<FileSystemSyncAccessHandle>>();

  constructor(root: Directory) {
    this.#root = root;
  }

  open(path: string): Promise<FileSystemSyncAccessHandle> {
    let handle = this.#handles.get(path);
    if (!handle) {
      handle = fileAt(this.#root, path, true).then((file) => file.createSyncAccessHandle());
      this.#handles.set(path, handle);
      handle.catch(() => this.#handles.delete(path));
    }
    return handle;
  }

  find(path: string): Promise<FileSystemSyncAccessHandle> | undefined {
    return this.#handles.get(partsOf(path).join('/'));
  }

  async close(path: string): Promise<void> {
    const handle = this.#handles.get(path);
    this.#handles.delete(path);
    const opened = await handle?.catch(() => undefined);
    opened?.flush();
    opened?.close();
  }

  /** Closes a file, or all files of a folder. */
  async closeBelow(path: string): Promise<void> {
    for (const open of this.#handles.keys()) if (open === path || open.startsWith(`${path}/`)) await this.close(open);
  }

  async closeAll(): Promise<void> {
    for (const path of this.#handles.keys()) await this.close(path);
  }
}

/** Writes into the folder as it stands. Files stay open, closed to others, until `finish` or `abort`. */
export function opfsSink(root: Directory, name: string = root.name): Sink {
  const files = new OpenFiles(root);
  const closed = opfsSource(root, name);
  const report = async <T>(path: string, task: () => Promise<T>): Promise<T> =>
    task().catch((thrown: unknown) => {
      throw failed(thrown, 'written', named({ name }, path));
    });
  const written: Source = {
    ...closed,
    size: async (path) => (await files.find(path))?.getSize() ?? closed.size(path),
    read: async (path, begin = 0, end = Number.POSITIVE_INFINITY, signal) => {
      const handle = await files.find(path);
      if (!handle) return closed.read(path, begin, end, signal);
      signal?.throwIfAborted();
      const bytes = new Uint8Array(Math.max(0, Math.min(end, handle.getSize()) - begin));
      handle.read(bytes, { at: begin });
      return bytes;
    },
  };
  return {
    name,
    written,
    write: (path, offset, bytes) =>
      report(path, async () => {
        const handle = await files.open(partsOf(path).join('/'));
        handle.write(bytes as Uint8Array<ArrayBuffer>, { at: offset });
      }),
    rename: (from, to) =>
      report(to, async () => {
        await Promise.all([files.close(from), files.close(to)]);
        await move(root, from, root, to);
      }),
    remove: (path) =>
      report(path, async () => {
        await files.closeBelow(path);
        await remove(root, path);
      }),
    finish: () => files.closeAll(),
    abort: () => files.closeAll(),
  };
}
