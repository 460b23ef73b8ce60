/** A folder in the browser's private file system → a Source. */
import type { Source } from '../../contract/files.ts';
import { missing, named } from '../path.ts';
import { type Directory, failed, fileAt, isMissing } from './handles.ts';

async function pathsIn(folder: Directory, prefix = ''): Promise<string[]> {
  const paths: string[] = [];
  for await (const [name, handle] of folder.entries())
    if (handle.kind === 'file') paths.push(prefix + name);
    else paths.push(...(await pathsIn(handle as Directory, `${prefix}${name}/`)));
  return paths;
}

export function opfsSource(root: Directory, name: string = root.name): Source {
  const open = async (path: string): Promise<File | undefined> => {
    try {
      return await (await fileAt(root, path)).getFile();
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw failed(thrown, 'read', named({ name }, path));
    }
  };
  return {
    name,
    list: async () => (await pathsIn(root)).sort(),
    size: async (path) => (await open(path))?.size,
    read: async (path, begin = 0, end = Number.POSITIVE_INFINITY, signal) => {
      signal?.throwIfAborted();
      const file = await open(path);
      if (!file) throw missing({ name }, path);
      const part = file.slice(begin, Math.min(end, file.size));
      const bytes = await part.arrayBuffer().catch((thrown: unknown) => {
        throw failed(thrown, 'read', named({ name }, path));
      });
      return new Uint8Array(bytes);
    },
  };
}
