/** A manifest and the chunks that are here → verified files, fetching what is missing and repairing what is damaged. */
import type { LoadProgress } from '../contract/backend.ts';
import { AppError } from '../contract/errors.ts';
import type { FileBytes, ManifestFile, ModelManifest } from '../contract/manifest.ts';
import { errorFor, type Reason } from '../contract/reasons.ts';
import { LOCAL_SCHEME } from '../contract/stored-models.ts';
import { announce, followProgress } from './channel.ts';
import { ChunkReader } from './chunk-reader.ts';
import { type Chunks, reasonOf } from './chunks.ts';
import { downloadFile } from '../files/http/download.ts';
import { exclusive, noRoomFor, type StoreEnvironment } from './environment.ts';
import { canReadAgain, HandedOver } from './handed-over.ts';
import type { FetchFilesOptions, StoredModel } from './model.ts';
import { Progress } from './progress.ts';
import type { Records, Version } from './records.ts';
import type { DownloadTiming } from '../files/http/retry.ts';
import { inParallel } from '../files/http/several.ts';

/** Between reports when nothing arrives, in milliseconds. */
const TICK_MS = 500;

export interface Parts {
  modelUrl: string;
  manifest: ModelManifest;
  version: Version;
  fresh: boolean;
  update: boolean;
  /** Null when the database cannot be used. */
  records: Records | null;
  chunks: Chunks;
  environment: StoreEnvironment;
  fetch: typeof fetch;
  timing: DownloadTiming;
}

export class OpenedModel implements StoredModel {
  readonly #parts: Parts;
  readonly #reader: ChunkReader;
  /** Files of this version that are known to be complete. */
  readonly #complete: Set<string>;
  #commitFailure: Reason | null = null;

  constructor(parts: Parts, complete: readonly string[]) {
    this.#parts = parts;
    this.#complete = new Set(complete);
    this.#reader = new ChunkReader(parts.chunks, parts.manifest.chunk_bytes, (file) => this.#url(file), parts);
  }

  get manifest(): ModelManifest {
    return this.#parts.manifest;
  }

  get modelUrl(): string {
    return this.#parts.modelUrl;
  }

  get fresh(): boolean {
    return this.#parts.fresh;
  }

  get update(): boolean {
    return this.#parts.update && this.#complete.size === 0;
  }

  get stored(): boolean {
    return this.notStoredReason === null;
  }

  get notStoredReason(): Reason | null {
    const { chunks, records } = this.#parts;
    return chunks.allStored && records ? this.#commitFailure : chunks.memoryReason;
  }

  async missingBytes(paths: readonly string[]): Promise<number> {
    const files = [...new Set(paths)].map((path) => this.#file(path));
    const present = await this.#parts.chunks.present();
    return new Progress(files, this.manifest.chunk_bytes, present, () => {}).missingBytes;
  }

  async fetchFiles(
    paths: readonly string[],
    { signal, onProgress, mustKeep = false }: FetchFilesOptions = {},
  ): Promise<void> {
    const files = [...new Set(paths)].map((path) => this.#file(path));
    const { environment, modelUrl } = this.#parts;
    // While another tab holds the lock, its progress is ours: what it has stored need not be fetched here.
    const unfollow = onProgress ? followProgress(modelUrl, onProgress) : () => {};
    const task = exclusive(environment, `model-write:${modelUrl}`, signal, async () => {
      unfollow();
      const report = (counted: LoadProgress): void => {
        // Files that a person has do not come over a network.
        const progress = modelUrl.startsWith(LOCAL_SCHEME) ? { ...counted, network_bytes: 0 } : counted;
        onProgress?.(progress);
        if (progress.network_bytes > 0) announce({ type: 'progress', modelUrl, progress });
      };
      const present = await this.#parts.chunks.present();
      const progress = new Progress(files, this.manifest.chunk_bytes, present, report);
      const missing = progress.missingBytes;
      if (missing > 0) {
        await this.#prepare(missing);
        if (mustKeep) this.#insistOnKeeping();
        await this.#download(files, progress, signal, mustKeep);
      }
      // Something was missing although all seemed complete: another tab may have deleted the record as well.
      if (missing > 0 || !paths.every((path) => this.#complete.has(path))) await this.#commit(paths);
      if (mustKeep) this.#insistOnKeeping();
    });
    await task.finally(unfollow);
  }

  async read(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.#file(path);
    const whole = new Uint8Array(file.bytes);
    await this.#reader.each(file, signal, (index, _, bytes) => {
      whole.set(new Uint8Array(bytes), index * this.manifest.chunk_bytes);
    });
    return whole;
  }

  async open(path: string, signal?: AbortSignal, sparing = false): Promise<FileBytes> {
    if (!canReadAgain()) return this.read(path, signal);
    const file = this.#file(path);
    const opened = new HandedOver(file.bytes, this.manifest.chunk_bytes);
    await this.#reader.each(file, signal, (index, chunk, bytes) =>
      opened.add(index, chunk, sparing ? undefined : bytes),
    );
    return opened;
  }

  #file(path: string): ManifestFile {
    const file = this.manifest.files.find((candidate) => candidate.path === path);
    if (file) return file;
    throw new AppError('manifest-invalid', `The model does not list the file ${path}.`, { path });
  }

  #url(file: ManifestFile): string {
    return new URL(file.path, this.modelUrl).href;
  }

  /** Room and announcement, before the first byte. Without room everything that comes is held in memory. */
  async #prepare(missingBytes: number): Promise<void> {
    const { chunks, records, environment, modelUrl, version } = this.#parts;
    if (chunks.memoryReason !== null) return;
    const noRoom = await noRoomFor(environment, missingBytes);
    if (noRoom) chunks.useMemory(noRoom);
    // A full disk shows here or at the first chunk; either way the model still runs.
    else await records?.begin(modelUrl, version).catch((thrown: unknown) => chunks.useMemory(reasonOf(thrown)));
  }

  #insistOnKeeping(): void {
    const reason = this.notStoredReason ?? this.#parts.chunks.memoryReason;
    if (reason === null) return;
    throw errorFor(this.#parts.records ? 'quota' : 'storage-blocked', reason, { model: this.modelUrl });
  }

  async #download(
    files: readonly ManifestFile[],
    progress: Progress,
    signal: AbortSignal | undefined,
    mustKeep: boolean,
  ): Promise<void> {
    const { chunks, fetch, timing } = this.#parts;
    const ticker = setInterval(() => progress.tick(), TICK_MS);
    const fetchOne = async (file: ManifestFile, either: AbortSignal): Promise<void> => {
      const sums = file.chunks;
      await downloadFile(this.#url(file), file, this.manifest.chunk_bytes, {
        fetch,
        timing,
        signal: either,
        isMissing: (index) => !progress.present.has(sums[index] ?? ''),
        onChunk: async (index, bytes) => {
          await chunks.write(sums[index] ?? '', bytes);
          if (mustKeep) this.#insistOnKeeping();
          progress.chunk(sums[index] ?? '', bytes.byteLength);
        },
        onBytes: (received, useful) => progress.bytes(received, useful),
      });
    };
    await inParallel(files, signal, fetchOne).finally(() => clearInterval(ticker));
  }

  /** Makes this version the one that opens without network, unless part of it is in memory only. */
  async #commit(paths: readonly string[]): Promise<void> {
    const { chunks, records, modelUrl, version } = this.#parts;
    if (!records || !chunks.allStored) return;
    try {
      await records.complete(modelUrl, version, paths);
    } catch (thrown) {
      this.#commitFailure = reasonOf(thrown); // all bytes are here, so the model runs
      return;
    }
    for (const path of paths) this.#complete.add(path);
    announce({ type: 'completed', modelUrl });
  }
}
