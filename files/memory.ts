/** Files in memory → a Source and a Sink: for tests, and for folders that are small or soon gone. */
import type { Sink, Source } from '../contract/files.ts';
import { missing, partsOf } from './path.ts';

/** @param files by path; looked up anew at each call */
export function memorySource(files: ReadonlyMap<string, Uint8Array>, name = 'memory'): Source {
  const find = (path: string): Uint8Array | undefined => partsOf(path) && files.get(path);
  return {
    name,
    list: async () => [...files.keys()].sort(),
    size: async (path) => find(path)?.length,
    read: async (path, begin = 0, end = Number.POSITIVE_INFINITY, signal) => {
      signal?.throwIfAborted();
      const file = find(path);
      if (!file) throw missing({ name }, path);
      return new Uint8Array(file.subarray(begin, Math.min(end, file.length)));
    },
  };
}

/** `abort` empties it. */
export function memorySink(name = 'memory'): Sink {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const put = (path: string, bytes: Uint8Array<ArrayBuffer>): void => void (partsOf(path) && files.set(path, bytes));
  return {
    name,
    written: memorySource(files, name),
    write: async (path, offset, bytes) => {
      const file = withRoom(files.get(path) ?? new Uint8Array(0), offset + bytes.length);
      file.set(bytes, offset);
      put(path, file);
    },
    rename: async (from, to) => {
      const file = files.get(from);
      if (!file) throw missing({ name }, from);
      files.delete(from);
      put(to, file);
    },
    remove: async (path) => {
      for (const known of files.keys()) if (known === path || known.startsWith(`${path}/`)) files.delete(known);
    },
    finish: async () => undefined,
    abort: async () => files.clear(),
  };
}

/** The same bytes, `length` of them or more; the buffer behind them grows by half more than it has to. */
function withRoom(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (length <= bytes.length) return bytes;
  if (length <= bytes.buffer.byteLength) return new Uint8Array(bytes.buffer, 0, length);
  const grown = new Uint8Array(new ArrayBuffer(Math.ceil(1.5 * length)), 0, length);
  grown.set(bytes);
  return grown;
}
