/** A model on the hub → its verified files, kept in the same store as all models: resumable, repaired, usable offline. */
import type { LoadProgress } from '../contract/backend.ts';
import { AppError } from '../contract/errors.ts';
import { CHUNK_BYTES } from '../contract/manifest.ts';
import type { Reason } from '../contract/reasons.ts';
import { announce } from '../store/channel.ts';
import { type Chunks, reasonOf } from '../store/chunks.ts';
import { downloadFile } from '../files/http/download.ts';
import { exclusive, noRoomFor, type StoreEnvironment } from '../store/environment.ts';
import type { Records, Version } from '../store/records.ts';
import type { DownloadTiming } from '../files/http/retry.ts';
import { inParallel } from '../files/http/several.ts';
import { WholeSum } from '../files/http/whole-sum.ts';
import { runningSum } from '../files/running-sum.ts';
import { isIntact, sha256 } from '../files/sha256.ts';
import { fileUrl, type HubAddress } from '../files/hub/address.ts';
import { ByteCount } from './byte-count.ts';
import type { HubFile, HubListing } from './listing.ts';

export interface FetchOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: LoadProgress) => void) | undefined;
}

export interface HubParts {
  address: HubAddress;
  listing: HubListing;
  update: boolean;
  records: Records | null;
  chunks: Chunks;
  environment: StoreEnvironment;
  send: typeof fetch;
  timing: DownloadTiming;
}

export class HubFiles {
  readonly #parts: HubParts;
  readonly #intact = new Set<string>();
  #commitFailure: Reason | null = null;

  constructor(parts: HubParts) {
    this.#parts = parts;
  }

  get commit(): string {
    return this.#parts.listing.commit;
  }

  get paths(): string[] {
    return this.#parts.listing.files.map(({ path }) => path);
  }

  /** Why a reload has to fetch files again; null when it does not. */
  get notStoredReason(): Reason | null {
    const { chunks, records } = this.#parts;
    return chunks.allStored && records ? this.#commitFailure : chunks.memoryReason;
  }

  get license(): string {
    return this.#parts.listing.license;
  }

  /** True when the files of another commit are complete here. */
  get update(): boolean {
    return this.#parts.update;
  }

  /** Bytes of these files that are not here yet. */
  async missingBytes(paths: readonly string[]): Promise<number> {
    const files = [...new Set(paths)].map((path) => this.#file(path));
    return new ByteCount(files, await this.#parts.chunks.present(), () => {}).missing;
  }

  bytesOf(paths: readonly string[]): number {
    return paths.reduce((sum, path) => sum + this.#file(path).bytes, 0);
  }

  /**
   * Makes sure that these files are here and are what the hub says. Aborting keeps every piece that is stored.
   * Throws `download-failed`, `chunk-corrupt`, `cancelled`.
   */
  async fetchFiles(paths: readonly string[], { signal, onProgress }: FetchOptions = {}): Promise<void> {
    const files = [...new Set(paths)].map((path) => this.#file(path));
    const { environment, address, chunks, records } = this.#parts;
    await exclusive(environment, `model-write:${address.url}`, signal, async () => {
      const present = await chunks.present();
      const count = new ByteCount(files, present, onProgress ?? (() => {}));
      if (count.missing > 0 && chunks.memoryReason === null) {
        const noRoom = await noRoomFor(environment, count.missing);
        if (noRoom) chunks.useMemory(noRoom);
      }
      const incomplete = count.missing > 0 || files.some((file) => !file.verified);
      if (incomplete) await this.#fetchAll(files, present, count, signal);
      if (!records || !chunks.allStored) return;
      await records.complete(address.url, await this.#version(), paths).catch((thrown: unknown) => {
        this.#commitFailure = reasonOf(thrown); // all bytes are here, so the model runs
      });
      if (incomplete) announce({ type: 'completed', modelUrl: address.url });
    });
  }

  /** A whole file, its pieces verified; what the browser has lost or damaged is fetched again. */
  async read(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.#file(path);
    const missing = await this.#assemble(file);
    if (missing instanceof Uint8Array) return missing;
    await this.fetchFiles([path], { signal });
    const bytes = await this.#assemble(file);
    if (bytes instanceof Uint8Array) return bytes;
    throw new AppError('chunk-corrupt', 'A part of the model is missing.', { path });
  }

  #file(path: string): HubFile {
    const file = this.#parts.listing.files.find((candidate) => candidate.path === path);
    if (file) return file;
    throw new AppError('model-unsupported', `The model has no file ${path}.`, { path });
  }

  async #fetchAll(
    files: readonly HubFile[],
    present: Set<string>,
    count: ByteCount,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await inParallel(files, signal, (file, either) => this.#fetchFile(file, present, count, either));
  }

  async #fetchFile(
    file: HubFile,
    present: Set<string>,
    count: ByteCount,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { address, chunks, send, timing, listing } = this.#parts;
    const pieces = Math.ceil(file.bytes / CHUNK_BYTES);
    const whole = this.#whole(file);
    if (file.chunks.length !== pieces) file.chunks = Array.from({ length: pieces }, () => '');
    await downloadFile(fileUrl(address, listing.commit, file.path), file, CHUNK_BYTES, {
      fetch: send,
      timing,
      signal,
      isMissing: (index) => !present.has(file.chunks[index] ?? ''),
      // The hub tells the sum of the whole file only, so a piece is taken as it comes and the file judged at its end.
      accept: async (index, bytes) => {
        file.chunks[index] = await sha256(bytes);
        return true;
      },
      onChunk: async (index, bytes) => {
        await whole?.passed(index, new Uint8Array(bytes));
        const sum = file.chunks[index] ?? '';
        await chunks.write(sum, bytes);
        present.add(sum);
        count.stored(bytes.byteLength);
        await this.#note();
      },
      onBytes: (received, useful) => count.arrived(received, useful),
    });
    await whole?.check(file.path, pieces);
    file.verified = true;
  }

  /** The sum of the whole file, where the hub tells it and nobody has compared it yet. */
  #whole(file: HubFile): WholeSum | undefined {
    if (file.verified || file.sha256 === null) return undefined;
    return new WholeSum({
      sha256: file.sha256,
      running: runningSum,
      kept: async (index) => this.#piece(file, index),
      discard: async () => {
        for (const sum of file.chunks) await this.#parts.chunks.drop(sum);
        file.chunks = [];
      },
    });
  }

  /** Remembers which pieces there are, so that a later visit goes on from here. */
  async #note(): Promise<void> {
    const { records, address, chunks } = this.#parts;
    if (!records || chunks.memoryReason !== null) return;
    await records.begin(address.url, await this.#version()).catch((thrown: unknown) => {
      chunks.useMemory(reasonOf(thrown));
    });
  }

  /** The file, or the number of the first piece that is not here any more or damaged. */
  async #assemble(file: HubFile): Promise<Uint8Array<ArrayBuffer> | number> {
    const bytes = new Uint8Array(file.bytes);
    for (let index = 0; index * CHUNK_BYTES < file.bytes; index++) {
      const piece = await this.#piece(file, index);
      if (!piece) return index;
      bytes.set(piece, index * CHUNK_BYTES);
    }
    return bytes;
  }

  /** A piece as it is kept, verified; one that is damaged is dropped. */
  async #piece(file: HubFile, index: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const sum = file.chunks[index] ?? '';
    const length = Math.min(CHUNK_BYTES, file.bytes - index * CHUNK_BYTES);
    const stored = sum === '' ? undefined : await this.#parts.chunks.read(sum);
    const known = this.#intact.has(sum) && stored?.byteLength === length;
    if (stored && (known || (await isIntact(stored, length, sum)))) {
      this.#intact.add(sum);
      return new Uint8Array(stored);
    }
    if (stored) await this.#parts.chunks.drop(sum);
    if (file.chunks.length > index) file.chunks[index] = '';
    return undefined;
  }

  async #version(): Promise<Version> {
    const { listing } = this.#parts;
    const text = JSON.stringify(listing);
    const known = listing.files.flatMap(({ chunks }) => chunks).filter((sum) => sum !== '');
    return {
      // Of another set of pieces another version, so that pieces under way are protected from garbage collection.
      sum: await sha256(new TextEncoder().encode(text)),
      text,
      chunks: [...new Set(known)],
      paths: listing.files.filter(({ verified }) => verified).map(({ path }) => path),
    };
  }
}
