/** A name in the browser's private file system → a Sink whose folder comes there at the end. */
import type { Sink } from '../../contract/files.ts';
import { type Directory, move, remove } from './handles.ts';
import { opfsSink } from './sink.ts';

/**
 * Fills a hidden sibling of the folder `name` and moves its files into a new one of that name at the end, in the order in
 * which they were begun: where the last one is an index of the others, the folder is complete as soon as that is there.
 */
export async function replacingOpfsSink(parent: Directory, name: string): Promise<Sink> {
  const hidden = `.${name}.building`;
  await remove(parent, hidden); // of a tab that was closed in the middle
  const folder = await parent.getDirectoryHandle(hidden, { create: true });
  const inside = opfsSink(folder, name);
  const order = new Set<string>();
  return {
    ...inside,
    write: async (path, offset, bytes) => {
      await inside.write(path, offset, bytes);
      order.add(path);
    },
    rename: async (from, to) => {
      await inside.rename(from, to);
      order.delete(from);
      order.add(to);
    },
    remove: async (path) => {
      await inside.remove(path);
      for (const known of order) if (known === path || known.startsWith(`${path}/`)) order.delete(known);
    },
    finish: async () => {
      await inside.finish();
      await remove(parent, name);
      const target = await parent.getDirectoryHandle(name, { create: true });
      for (const path of order) await move(folder, path, target, path);
      await remove(parent, hidden);
    },
    abort: async () => {
      await inside.abort();
      await remove(parent, hidden);
    },
  };
}
