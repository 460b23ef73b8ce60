/** What the weight store offers to a worker: a model folder opened at its URL, and the list of what is kept. */
import type { LoadProgress } from '../contract/backend.ts';
import type { ModelFiles } from '../contract/manifest.ts';
import type { Reason } from '../contract/reasons.ts';

export interface FetchFilesOptions {
  /** Aborting keeps every chunk that is already stored; the next call goes on from there. */
  signal?: AbortSignal;
  /** Step `download`; bytes of the requested files, stored chunks counted as loaded at once. */
  onProgress?: (progress: LoadProgress) => void;
  /** Fail with `quota` or `storage-blocked` rather than hold in memory what the browser does not store. */
  mustKeep?: boolean;
}

/** An opened model folder. Its bytes come from IndexedDB, from memory when that is not possible. */
export interface StoredModel extends ModelFiles {
  /** Absolute URL of the folder, with a trailing slash. */
  readonly modelUrl: string;
  /** False when some or all of the weights live in memory only and a reload fetches them again. */
  readonly stored: boolean;
  /** Why `stored` is false; null otherwise. */
  readonly notStoredReason: Reason | null;
  /** True when the manifest came from the network now, false when it is the one kept from an earlier visit. */
  readonly fresh: boolean;
  /** The complete version of an earlier visit differs from this one. */
  readonly update: boolean;
  /** Bytes of these files that are not here yet; equal chunks count once for each place. */
  missingBytes(paths: readonly string[]): Promise<number>;
  /**
   * Makes sure that these files of the manifest (for example all files of one variant) are here, verified.
   * When it resolves this version of the model counts as complete: it is what a later visit without network opens,
   * and chunks that only older versions used are deleted.
   * Throws `download-failed`, `chunk-corrupt`, `manifest-invalid` (a path that the manifest does not list), `cancelled`.
   */
  fetchFiles(paths: readonly string[], options?: FetchFilesOptions): Promise<void>;
}
