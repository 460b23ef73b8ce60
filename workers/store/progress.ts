/** Chunks that arrive → how many bytes of the requested files are here. */
import type { LoadProgress } from '../../contract/backend.ts';
import type { ManifestFile } from '../../contract/manifest.ts';

/** Reports come no closer than this, in milliseconds: each one crosses threads. The first and the last always come. */
const INTERVAL_MS = 100;

/** Counts bytes; a chunk that occurs twice in the files counts twice, and is fetched once. */
export class Progress {
  /** Sums of the chunks that are here. */
  readonly present: Set<string>;
  readonly #weights = new Map<string, number>();
  readonly #onProgress: (progress: LoadProgress) => void;
  #total = 0;
  #loaded = 0;
  #underWay = 0;
  #network = 0;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(
    files: readonly ManifestFile[],
    chunkBytes: number,
    present: Set<string>,
    onProgress: (progress: LoadProgress) => void,
  ) {
    this.present = present;
    this.#onProgress = onProgress;
    for (const file of files) {
      this.#total += file.bytes;
      for (const [index, sum] of file.chunks.entries()) {
        const bytes = Math.min(chunkBytes, file.bytes - index * chunkBytes);
        this.#weights.set(sum, (this.#weights.get(sum) ?? 0) + bytes);
      }
    }
    for (const [sum, bytes] of this.#weights) if (present.has(sum)) this.#loaded += bytes;
    this.#report();
  }

  get missingBytes(): number {
    return this.#total - this.#loaded;
  }

  /** `received` bytes came over the network; those of chunks under way changed by `useful`. */
  bytes(received: number, useful: number): void {
    this.#network += received;
    this.#underWay += useful;
    if (useful > 0) this.#report();
  }

  /** A chunk, `bytes` of which were under way, is here now. */
  chunk(sum: string, bytes: number): void {
    this.#underWay -= bytes;
    if (!this.present.has(sum)) this.#loaded += this.#weights.get(sum) ?? 0;
    this.present.add(sum);
    this.#report();
  }

  /** Reports although nothing arrived, so that a silence shows. */
  tick(): void {
    this.#report();
  }

  #report(): void {
    const now = performance.now();
    if (this.missingBytes > 0 && now - this.#reportedAt < INTERVAL_MS) return;
    this.#reportedAt = now;
    this.#onProgress({
      step: 'download',
      loaded_bytes: Math.min(this.#loaded + this.#underWay, this.#total),
      total_bytes: this.#total,
      network_bytes: this.#network,
    });
  }
}
