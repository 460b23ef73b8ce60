/** Requests of the model manager → what is kept, what a model would cost on this device, and fetching, importing, deleting. */
import type { LoadProgress } from '../../contract/backend.ts';
import { AppError, asAppError, evidenceText } from '../../contract/errors.ts';
import { errorFor, type Reason, reasonIn } from '../../contract/reasons.ts';
import type { Variant } from '../../contract/manifest.ts';
import {
  type DeviceFit,
  type DeviceSizes,
  LOCAL_SCHEME,
  type KeptModels,
  type LocalFile,
  type ModelOffer,
  type StoreCalls,
} from '../../contract/stored-models.ts';
import type { Handlers } from '../../contract/wire.ts';
import { type GpuFacts, planFallback } from '../../runtime/fallback-order.ts';
import { noRoomIn } from '../../store/environment.ts';
import { localFolder } from '../../store/local-files.ts';
import {
  deleteAllModels,
  deleteModel,
  listModels,
  type OpenOptions,
  openModel,
  type StoredModel,
} from '../../store/store.ts';
import type { DownloadTiming } from '../../files/http/retry.ts';
import { adapterPathsOf, pathsOf } from '../../runtime/variant-choice.ts';

export interface DeviceFacts {
  gpu: GpuFacts | null;
  /** Gigabytes as `navigator.deviceMemory` rounds them; null where the browser does not say. */
  memory_gb: number | null;
}

export interface KeeperOptions {
  device: () => Promise<DeviceFacts>;
  estimate: () => Promise<StorageEstimate | null>;
  /** For tests: the store's environment and waits. */
  store?: OpenOptions;
}

/** Browsers report no more than this, so more may be there. */
const MEMORY_CAP_GB = 8;
/** The rest is for the browser, the system and what a model computes. */
const MEMORY_SHARE = 0.6;
/** WebAssembly addresses 4 GB; the runtime and its buffers need their part. */
const WASM_LIMIT = 3e9;
/** A person waits for an answer about an address that they typed; one more try is all a short disturbance needs. */
const SHORT_TIMEOUT: Partial<DownloadTiming> = { maxTries: 2, stallMs: 10_000 };

function tooLarge({ bytes, device }: Pick<Variant, 'bytes' | 'device'>, { memory_gb }: DeviceFacts): Reason | null {
  if (device === 'wasm' && bytes > WASM_LIMIT) {
    return { reason: 'wasmLimit', values: { limit_bytes: WASM_LIMIT, bytes } };
  }
  if (memory_gb === null || memory_gb >= MEMORY_CAP_GB || bytes <= MEMORY_SHARE * memory_gb * 1e9) return null;
  return { reason: 'memory', values: { memory_gb, bytes } };
}

/** Why there is no plan for a model on this device. Throws what is no reason for that. */
function unplanned(thrown: unknown): Reason {
  const error = asAppError(thrown);
  const reason = error.code === 'webgpu-missing' ? ({ reason: 'noWebgpu', values: {} } as const) : reasonIn(error);
  if (reason === null) throw error;
  return reason;
}

/** Whether the worker that answers asks no server for this model: it came from files or from another site. */
function isAway(modelUrl: string): boolean {
  const home = globalThis.location?.origin;
  return modelUrl.startsWith(LOCAL_SCHEME) || (home !== undefined && new URL(modelUrl).origin !== home);
}

class Keeper {
  readonly #options: KeeperOptions;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  async list(): Promise<KeptModels> {
    const [models, estimate] = await Promise.all([listModels(this.#options.store), this.#options.estimate()]);
    return { models, usage_bytes: estimate?.usage ?? null, quota_bytes: estimate?.quota ?? null };
  }

  open(modelUrl: string, signal: AbortSignal, source: Partial<OpenOptions> = {}): Promise<StoredModel> {
    const keptOnly = source.keptOnly ?? (modelUrl.startsWith(LOCAL_SCHEME) && source.fetch === undefined);
    return openModel(modelUrl, { ...this.#options.store, ...source, signal, keptOnly });
  }

  async inspect(modelUrl: string, keptOnly: boolean, signal: AbortSignal): Promise<ModelOffer> {
    const timing = { ...this.#options.store?.timing, ...SHORT_TIMEOUT };
    const source = keptOnly ? { keptOnly } : { timing };
    return (await this.offer(await this.open(modelUrl, signal, source))).offer;
  }

  async fit(sizes: readonly DeviceSizes[]): Promise<DeviceFit[]> {
    const facts = await this.#options.device();
    const device = facts.gpu && !facts.gpu.fallback ? 'webgpu' : 'wasm';
    return Promise.all(
      sizes.map(async ({ [device]: bytes = null }) => {
        const unfit = bytes === null ? null : (tooLarge({ bytes, device }, facts) ?? (await this.#noRoom(bytes)));
        return { device, bytes, unfit };
      }),
    );
  }

  async offer(model: StoredModel): Promise<{ offer: ModelOffer; variant: Variant | null }> {
    const { manifest, modelUrl, fresh, update } = model;
    const device = await this.#options.device();
    let unfit: Reason | null = null;
    let variant: Variant | null = null;
    try {
      variant = planFallback(manifest, {}, device.gpu).candidates[0] ?? null;
    } catch (thrown) {
      unfit = unplanned(thrown);
    }
    const missing = variant ? await model.missingBytes(pathsOf(manifest, variant)) : 0;
    if (variant) unfit = tooLarge(variant, device) ?? (await this.#noRoom(missing));
    const { id, name, description, license } = manifest;
    const offer: ModelOffer = {
      modelUrl,
      id,
      name,
      description,
      license,
      variant: variant?.id ?? null,
      device: variant?.device ?? null,
      bytes: variant?.bytes ?? 0,
      missing_bytes: missing,
      unfit,
      update,
      fresh,
    };
    return { offer, variant };
  }

  /** Fetches what this device needs, keeps it, and says what it is. */
  async keep(
    model: StoredModel,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<ModelOffer> {
    const variant = await this.#runs(model);
    // Adapters come when they are first used; where no server can be asked then, they come now.
    const later = isAway(model.modelUrl) ? adapterPathsOf(model.manifest, variant) : [];
    const paths = [...pathsOf(model.manifest, variant), ...later];
    await model.fetchFiles(paths, { signal, onProgress, mustKeep: true });
    return (await this.offer(model)).offer;
  }

  /** As `keep`, for a browser that keeps nothing: the files themselves. */
  async borrow(
    model: StoredModel,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<LocalFile[]> {
    const variant = await this.#runs(model);
    const { manifest } = model;
    const paths = [...pathsOf(manifest, variant), ...adapterPathsOf(manifest, variant)];
    await model.fetchFiles(paths, { signal, onProgress });
    const files: LocalFile[] = [{ path: 'manifest.json', blob: new Blob([JSON.stringify(manifest)]) }];
    for (const path of paths) files.push({ path, blob: new Blob([await model.read(path, signal)]) });
    return files;
  }

  /** What of the model runs here. Throws `model-unsupported` when nothing does. */
  async #runs(model: StoredModel): Promise<Variant> {
    const { offer, variant } = await this.offer(model);
    if (variant) return variant;
    throw errorFor('model-unsupported', offer.unfit ?? { reason: 'noVariant', values: { why: [] } });
  }

  async #noRoom(bytes: number): Promise<Reason | null> {
    return bytes === 0 ? null : noRoomIn(await this.#options.estimate(), bytes);
  }
}

/** The calls of `contract/stored-models.ts`. */
export function createModelKeeper(options: KeeperOptions): Handlers<StoreCalls> {
  const keeper = new Keeper(options);
  return {
    list: () => keeper.list(),
    inspect: ({ signal }, modelUrl, keptOnly = false) => keeper.inspect(modelUrl, keptOnly, signal),
    fit: (_caller, sizes) => keeper.fit(sizes),
    borrow: async ({ send, signal }, modelUrl) => keeper.borrow(await keeper.open(modelUrl, signal), send, signal),
    fetch: async ({ send, signal }, modelUrl) => keeper.keep(await keeper.open(modelUrl, signal), send, signal),
    async importFiles({ send, signal }, files) {
      const folder = await localFolder(files);
      const model = await keeper.open(folder.modelUrl, signal, { fetch: folder.fetch });
      return keeper.keep(model, send, signal).catch((thrown: unknown) => {
        throw damagedFile(thrown);
      });
    },
    delete: (_caller, modelUrl) => deleteModel(modelUrl, options.store).then(() => null),
    deleteAll: () => deleteAllModels(options.store).then(() => null),
  };
}

/** What the store says of servers, said of files. */
function damagedFile(thrown: unknown): unknown {
  if (!(thrown instanceof AppError) || thrown.code !== 'chunk-corrupt') return thrown;
  const message = `The file ${evidenceText(thrown.evidence, 'path')} is damaged, or belongs to another version of this model. Copy the folder again.`;
  return new AppError('chunk-corrupt', message, thrown.evidence, thrown);
}
