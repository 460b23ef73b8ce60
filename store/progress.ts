/** Chunks that arrive → how many bytes of the requested files are here. */
import type { LoadProgress } from '../contract/backend.ts';
import type { ManifestFile } from '../contract/manifest.ts';
import { LoadReport } from './load-report.ts';

/** Counts bytes; a chunk that occurs twice in the files counts twice, and is fetched once. */
export class Progress {
  /** Sums of the chunks that are here. */
  readonly present: Set<string>;
  readonly #weights = new Map<string, number>();
  readonly #report: LoadReport;
  readonly #total: number;
  #loaded = 0;
  #underWay = 0;
  #network = 0;

  constructor(
    files: readonly ManifestFile[],
    chunkBytes: number,
    present: Set<string>,
    onProgress: (progress: LoadProgress) => void,
    now: () => number = () => performance.now(),
  ) {
    this.present = present;
    this.#total = files.reduce((sum, file) => sum + file.bytes, 0);
    this.#report = new LoadReport(this.#total, onProgress, now);
    for (const file of files) {
      for (const [index, sum] of file.chunks.entries()) {
        const bytes = Math.min(chunkBytes, file.bytes - index * chunkBytes);
        this.#weights.set(sum, (this.#weights.get(sum) ?? 0) + bytes);
      }
    }
    for (const [sum, bytes] of this.#weights) if (present.has(sum)) this.#loaded += bytes;
    this.#tell();
  }

  get missingBytes(): number {
    return this.#total - this.#loaded;
  }

  /** `received` bytes came over the network; those of chunks under way changed by `useful`. */
  bytes(received: number, useful: number): void {
    this.#network += received;
    this.#underWay += useful;
    if (useful > 0) this.#tell();
  }

  /** A chunk, `bytes` of which were under way, is here now. */
  chunk(sum: string, bytes: number): void {
    this.#underWay -= bytes;
    if (!this.present.has(sum)) this.#loaded += this.#weights.get(sum) ?? 0;
    this.present.add(sum);
    this.#tell();
  }

  /** Reports although nothing arrived, so that a silence shows. */
  tick(): void {
    this.#tell();
  }

  #tell(): void {
    this.#report.tell(this.#loaded, this.#underWay, this.#network);
  }
}
