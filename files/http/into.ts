/** A file on a server → the same file in a folder: verified while it passes, gone on with where an earlier run stopped. */
import type { Sink, Source } from '../../contract/files.ts';
import type { RunningSum } from '../running-sum.ts';
import { downloadFile } from './download.ts';
import type { DownloadTiming } from './retry.ts';
import { WholeSum } from './whole-sum.ts';

/** What is lost when a run is broken off in the middle of a file, at most. */
const PIECE_BYTES = 1024 * 1024;

export interface RemoteFile {
  path: string;
  url: string;
  bytes: number;
  /** Null where nobody promised a sum: then the length has to do. */
  sha256: string | null;
  /** Names this version of the file: what was begun of another one is not continued. Letters and digits. */
  version: string;
}

export interface IntoOptions {
  fetch: typeof fetch;
  timing: DownloadTiming;
  runningSum: () => RunningSum;
  signal?: AbortSignal | undefined;
  /** So many bytes of the file are here. */
  onBytes?: (here: number) => void;
}

/** Whether the file lies there as it should be. */
async function isThere(folder: Source, { path, bytes, sha256 }: RemoteFile, start: () => RunningSum): Promise<boolean> {
  if ((await folder.size(path)) !== bytes) return false;
  if (sha256 === null) return true;
  const sum = start();
  for (let at = 0; at < bytes; at += PIECE_BYTES) sum.update(await folder.read(path, at, at + PIECE_BYTES));
  return sum.hex() === sha256;
}

/**
 * Brings the file into the folder unless it is there. Until it is complete and verified it has another name.
 * Throws `download-failed`, `chunk-corrupt`, `cancelled`, and what the folder throws.
 */
export async function downloadInto(sink: Sink, file: RemoteFile, options: IntoOptions): Promise<void> {
  const { path, url, bytes, sha256, version } = file;
  const { fetch, timing, runningSum, signal, onBytes } = options;
  if (await isThere(sink.written, file, runningSum)) return onBytes?.(bytes);
  const partial = `${path}.${version}.partial`;
  let here = (await sink.written.size(partial)) ?? 0;
  if (here > bytes) {
    await sink.remove(partial);
    here = 0;
  }
  const pieces = Math.ceil(bytes / PIECE_BYTES);
  // Pieces come in order, so those that are here are the first.
  let complete = here === bytes ? pieces : Math.floor(here / PIECE_BYTES);
  let counted = Math.min(bytes, complete * PIECE_BYTES);
  onBytes?.(counted);
  if (here === 0) await sink.write(partial, 0, new Uint8Array(0)); // a file without bytes is a file too
  const kept = (index: number): Promise<Uint8Array> =>
    sink.written.read(partial, index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
  const discard = (): Promise<void> => sink.remove(partial);
  const whole = sha256 === null ? null : new WholeSum({ sha256, running: runningSum, kept, discard });
  const wanted = { path, bytes, chunks: Array.from({ length: pieces }, () => '') };
  await downloadFile(url, wanted, PIECE_BYTES, {
    fetch,
    timing,
    signal,
    isMissing: (index) => index >= complete,
    accept: async () => true,
    onChunk: async (index, piece) => {
      const arrived = new Uint8Array(piece);
      await whole?.passed(index, arrived);
      await sink.write(partial, index * PIECE_BYTES, arrived);
      complete = index + 1;
    },
    onBytes: (_, useful) => {
      counted += useful;
      onBytes?.(counted);
    },
  });
  await whole?.check(path, pieces);
  await sink.rename(partial, path);
}
