/** Files of one commit on the hub → the same files in a folder, a few at a time. */
import type { Sink } from '../../contract/files.ts';
import { downloadInto } from '../http/into.ts';
import type { DownloadTiming } from '../http/retry.ts';
import { inParallel } from '../http/several.ts';
import type { RunningSum } from '../running-sum.ts';
import { fileUrl, type HubPlace } from './address.ts';
import type { Listing } from './listing.ts';

export interface ListedOptions {
  send: typeof fetch;
  timing: DownloadTiming;
  runningSum: () => RunningSum;
  signal?: AbortSignal | undefined;
  /** So many bytes of all files are here. */
  onBytes?: (here: number, total: number) => void;
}

/** Goes on where an earlier run stopped; the sink stays open. Throws what `downloadInto` throws. */
export async function downloadListed(
  place: HubPlace,
  { commit, files }: Pick<Listing, 'commit' | 'files'>,
  sink: Sink,
  { send, timing, runningSum, signal, onBytes }: ListedOptions,
): Promise<void> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const here = new Map<string, number>();
  await inParallel(files, signal, async (file, either) => {
    const remote = { ...file, url: fileUrl(place, commit, file.path), version: commit.slice(0, 12) };
    const count = (bytes: number): void => {
      here.set(file.path, bytes);
      onBytes?.(
        [...here.values()].reduce((sum, some) => sum + some, 0),
        total,
      );
    };
    await downloadInto(sink, remote, { fetch: send, timing, runningSum, signal: either, onBytes: count });
  });
}
