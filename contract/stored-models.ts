/** Models that are kept in this browser: what is known of them, and what the worker that keeps them is asked for. */
import type { Device, LoadProgress } from './backend.ts';
import type { Reason } from './reasons.ts';

/** A folder in model-format 1 on some server, files that a person had, or a repository of the hub. */
export type ModelSource = 'folder' | 'files' | 'hub';

/** One model of which something is kept in this browser. */
export interface StoredModelEntry {
  modelUrl: string;
  source: ModelSource;
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
  /** Why it will not run well, or at all, on this device; null when nothing speaks against it. */
  unfit: Reason | null;
  /** True when an older version is complete here and the server has another one. */
  update: boolean;
  /** False when the server could not be asked and all this comes from what is kept. */
  fresh: boolean;
}

/** Bytes that a model takes on each device; a device that is not named has no known size. */
export type DeviceSizes = Partial<Record<Device, number>>;

/** How a model of known size goes with this device. */
export interface DeviceFit {
  device: Device;
  /** Null where the size for this device is not known. */
  bytes: number | null;
  /** Why it will not run well here; null when nothing speaks against it. */
  unfit: Reason | null;
}

/** What other tabs and threads are told over the channel `STORE_CHANNEL`; any page of the origin can post there. */
export interface StoreChange {
  type: 'deleted' | 'completed';
  modelUrl: string;
}

export const STORE_CHANNEL = 'model-store';

/** A message of the channel → the change that it tells of; null for anything else. */
export function asStoreChange(message: unknown): StoreChange | null {
  if (typeof message !== 'object' || message === null) return null;
  const { type, modelUrl } = message as Record<string, unknown>;
  if ((type !== 'deleted' && type !== 'completed') || typeof modelUrl !== 'string') return null;
  return { type, modelUrl };
}

/** A file that a person picked or dropped. */
export interface LocalFile {
  /** Relative to what was picked, forward slashes. */
  path: string;
  blob: Blob;
}

/** Local models are kept under this scheme, which no network request can have. */
export const LOCAL_SCHEME = 'local-model:';

/** What the worker that keeps models offers; `contract/wire.ts` says how it travels. */
export interface StoreCalls {
  list: { args: []; event: never; result: KeptModels };
  /** Fetches the manifest alone; with `keptOnly` nothing: then only a complete model can be looked at. */
  inspect: { args: [modelUrl: string, keptOnly?: boolean | undefined]; event: never; result: ModelOffer };
  /** One answer for each of `sizes`, without any request. */
  fit: { args: [sizes: readonly DeviceSizes[]]; event: never; result: DeviceFit[] };
  /**
   * Fetches and keeps what this device needs of a model, beside an older version until it is complete. Pausing is aborting:
   * what has arrived is kept, and the next call goes on from there. Fails with `quota` or `storage-blocked` when the
   * browser does not keep it.
   */
  fetch: { args: [modelUrl: string]; event: LoadProgress; result: ModelOffer };
  /**
   * Fetches what this device needs of a model, for a browser that does not keep it: its verified files, manifest included,
   * to be loaded with `LoadRequest.files` while the page is open.
   */
  borrow: { args: [modelUrl: string]; event: LoadProgress; result: LocalFile[] };
  /** Checks the files of a model folder and keeps them; nothing leaves the device. */
  importFiles: { args: [files: readonly LocalFile[]]; event: LoadProgress; result: ModelOffer };
  delete: { args: [modelUrl: string]; event: never; result: null };
  /** Also what no model refers to any more. */
  deleteAll: { args: []; event: never; result: null };
}

export interface KeepOptions {
  /** Aborting pauses: what has arrived is kept, and the next call goes on from there. */
  signal: AbortSignal;
  onProgress: (progress: LoadProgress) => void;
}

/** What the page's model manager asks for. Rejects only with AppError. */
export interface ModelStore {
  list(): Promise<KeptModels>;
  inspect(modelUrl: string, options?: { signal?: AbortSignal; keptOnly?: boolean }): Promise<ModelOffer>;
  fit(sizes: readonly DeviceSizes[]): Promise<DeviceFit[]>;
  fetch(modelUrl: string, options: KeepOptions): Promise<ModelOffer>;
  borrow(modelUrl: string, options: KeepOptions): Promise<LocalFile[]>;
  importFiles(files: readonly LocalFile[], options: KeepOptions): Promise<ModelOffer>;
  /** Calls `listener` when a model was completed or deleted, here or in another tab; returns how to stop. */
  watch(listener: (change: StoreChange) => void): () => void;
  delete(modelUrl: string): Promise<void>;
  deleteAll(): Promise<void>;
}
