/** Files behind addresses → a Source: parts are asked for by range, tried again after a failure, gone on with after a cut. */
import type { Source } from '../../contract/files.ts';
import { missing, partsOf } from '../path.ts';
import { downloadFile } from './download.ts';
import { DEFAULT_TIMING, type DownloadTiming } from './retry.ts';

export interface HttpFolder {
  name: string;
  /** What there is: a server cannot be asked. */
  files: readonly { path: string; bytes: number }[];
  urlOf(path: string): string;
  fetch?: typeof fetch;
  timing?: Partial<DownloadTiming>;
}

/** What arrives is as long as promised, and not verified further: a Source knows no sums. */
export function httpSource({ name, files, urlOf, fetch: send, timing }: HttpFolder): Source {
  const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]));
  return {
    name,
    list: async () => [...sizes.keys()].sort(),
    size: async (path) => sizes.get(partsOf(path).join('/')),
    read: async (path, begin = 0, end = Number.POSITIVE_INFINITY, signal) => {
      const total = sizes.get(partsOf(path).join('/'));
      if (total === undefined) throw missing({ name }, path);
      const bytes = Math.max(0, Math.min(end, total) - begin);
      let read = new ArrayBuffer(0);
      const part = { path, bytes, begin, total, chunks: bytes > 0 ? [''] : [] };
      await downloadFile(urlOf(path), part, bytes, {
        fetch: send ?? ((input, init) => fetch(input, init)),
        timing: { ...DEFAULT_TIMING, ...timing },
        signal,
        isMissing: () => read.byteLength === 0,
        accept: async () => true,
        onChunk: async (_, arrived) => {
          read = arrived;
        },
      });
      return new Uint8Array(read);
    },
  };
}
