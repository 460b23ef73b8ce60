/** The chunks of a file as they are kept → the same, verified, those that are lost or damaged fetched again. */
import { AppError } from '../contract/errors.ts';
import type { ManifestFile } from '../contract/manifest.ts';
import { bytesOf, type Chunks } from './chunks.ts';
import { downloadFile } from '../files/http/download.ts';
import type { DownloadTiming } from '../files/http/retry.ts';
import { isIntact } from '../files/sha256.ts';

export class ChunkReader {
  readonly #chunks: Chunks;
  readonly #chunkBytes: number;
  readonly #urlOf: (file: ManifestFile) => string;
  readonly #network: { fetch: typeof fetch; timing: DownloadTiming };
  /** Chunks whose stored bytes were verified since this model was opened. */
  readonly #verified = new Set<string>();

  constructor(
    chunks: Chunks,
    chunkBytes: number,
    urlOf: (file: ManifestFile) => string,
    { fetch, timing }: { fetch: typeof globalThis.fetch; timing: DownloadTiming },
  ) {
    this.#chunks = chunks;
    this.#chunkBytes = chunkBytes;
    this.#urlOf = urlOf;
    this.#network = { fetch, timing };
  }

  /** Hands out every chunk of a file, in no strict order: as it is stored, and its bytes. */
  async each(
    file: ManifestFile,
    signal: AbortSignal | undefined,
    take: (index: number, chunk: Blob, bytes: ArrayBuffer) => void,
  ): Promise<void> {
    let next = 0;
    const work = async (): Promise<void> => {
      for (let index = next++; index < file.chunks.length; index = next++) {
        if (signal?.aborted) throw new AppError('cancelled', 'Stopped.');
        take(index, ...(await this.#read(file, index, signal)));
      }
    };
    // While one chunk is hashed the next is read.
    await Promise.all([work(), work()]);
  }

  async #read(file: ManifestFile, index: number, signal: AbortSignal | undefined): Promise<[Blob, ArrayBuffer]> {
    const sum = file.chunks[index] ?? '';
    const length = Math.min(this.#chunkBytes, file.bytes - index * this.#chunkBytes);
    const stored = await this.#chunks.find(sum);
    const bytes = stored && (await bytesOf(stored));
    const intact = bytes?.byteLength === length && (this.#verified.has(sum) || (await isIntact(bytes, length, sum)));
    if (stored && intact) {
      this.#verified.add(sum);
      return [stored, bytes];
    }
    if (stored) await this.#chunks.drop(sum);
    const fetched = await this.#fetchAgain(file, index, signal);
    return [new Blob([fetched]), fetched];
  }

  /** Fetches one chunk that the browser has lost or damaged, and that one alone. */
  async #fetchAgain(file: ManifestFile, index: number, signal: AbortSignal | undefined): Promise<ArrayBuffer> {
    let fetched: ArrayBuffer | undefined;
    await downloadFile(this.#urlOf(file), file, this.#chunkBytes, {
      ...this.#network,
      signal,
      isMissing: (candidate) => candidate === index && !fetched,
      onChunk: async (_, bytes) => {
        fetched = bytes;
        await this.#chunks.write(file.chunks[index] ?? '', bytes);
      },
    });
    if (!fetched)
      throw new AppError('chunk-corrupt', 'A part of the model is missing.', { path: file.path, chunk: index });
    return fetched;
  }
}
