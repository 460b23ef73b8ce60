/** What the worker that keeps models offers over Comlink. Methods resolve to a Result; they never reject. */
import type { Device, LoadProgress } from './backend.ts';
import type { Result } from './errors.ts';

/** One model of which something is kept in this browser. */
export interface StoredModelEntry {
  modelUrl: string;
  id: string;
  name: string;
  /** Bytes of this model's chunks that are stored, chunks shared with other models included. */
  stored_bytes: number;
  /** True when a version is complete and opens without network. */
  complete: boolean;
  /** Milliseconds since 1970 of the last change. */
  changed_at: number;
}

/** What is kept, and how much room there is. */
export interface KeptModels {
  models: StoredModelEntry[];
  /** Bytes as the browser estimates them, everything of this site included; null where it does not say. */
  usage_bytes: number | null;
  quota_bytes: number | null;
}

/** A model as this device would fetch it. */
export interface ModelOffer {
  modelUrl: string;
  id: string;
  name: string;
  description: string;
  license: string;
  /** The variant for this device; null when none runs here. */
  variant: string | null;
  device: Device | null;
  /** Size of that variant, and how much of it is not here yet. */
  bytes: number;
  missing_bytes: number;
  /** Why it will not run well, or at all, on this device, in words for a person; null when nothing speaks against it. */
  unfit: string | null;
  /** True when an older version is complete here and the server has another one. */
  update: boolean;
  /** False when the server could not be asked and all this comes from what is kept. */
  fresh: boolean;
}

/** A file that a person picked or dropped. */
export interface LocalFile {
  /** Relative to what was picked, forward slashes. */
  path: string;
  blob: Blob;
}

/** Local models are kept under this scheme, which no network request can have. */
export const LOCAL_SCHEME = 'local-model:';

export interface ModelStoreApi {
  list(): Promise<Result<KeptModels>>;
  /** Fetches the manifest alone. */
  inspect(id: string, modelUrl: string): Promise<Result<ModelOffer>>;
  /**
   * Fetches and keeps what this device needs of a model, beside an older version until it is complete. Pausing is `cancel`:
   * what has arrived is kept, and the next call goes on from there. Fails with `quota` or `storage-blocked` when the
   * browser does not keep it.
   */
  fetch(id: string, modelUrl: string, onProgress: (progress: LoadProgress) => void): Promise<Result<ModelOffer>>;
  /** Checks the files of a model folder and keeps them; nothing leaves the device. */
  importFiles(
    id: string,
    files: readonly LocalFile[],
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Result<ModelOffer>>;
  delete(modelUrl: string): Promise<Result<null>>;
  /** Also what no model refers to any more. */
  deleteAll(): Promise<Result<null>>;
  /** Ends the call that was started with `id`; its promise settles soon after. Unknown ids are ignored. */
  cancel(id: string): Promise<void>;
}

export interface KeepOptions {
  /** Aborting pauses: what has arrived is kept, and the next call goes on from there. */
  signal: AbortSignal;
  onProgress: (progress: LoadProgress) => void;
}

/** What the page's model manager asks for. Rejects only with AppError. */
export interface ModelStore {
  list(): Promise<KeptModels>;
  inspect(modelUrl: string, signal?: AbortSignal): Promise<ModelOffer>;
  fetch(modelUrl: string, options: KeepOptions): Promise<ModelOffer>;
  importFiles(files: readonly LocalFile[], options: KeepOptions): Promise<ModelOffer>;
  delete(modelUrl: string): Promise<void>;
  deleteAll(): Promise<void>;
}
