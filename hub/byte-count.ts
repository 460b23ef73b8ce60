/** Pieces of hub files that arrive → how many bytes are here, reported not too often. */
import type { LoadProgress } from '../contract/backend.ts';
import { CHUNK_BYTES } from '../contract/manifest.ts';
import { LoadReport } from '../store/load-report.ts';
import type { HubFile } from './listing.ts';

export class ByteCount {
  readonly #total: number;
  readonly #report: LoadReport;
  #here = 0;
  #underWay = 0;
  #network = 0;

  constructor(files: readonly HubFile[], present: ReadonlySet<string>, report: (progress: LoadProgress) => void) {
    this.#total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#report = new LoadReport(this.#total, report, () => performance.now());
    for (const { bytes, chunks } of files) {
      for (const [index, sum] of chunks.entries())
        if (present.has(sum)) this.#here += Math.min(CHUNK_BYTES, bytes - index * CHUNK_BYTES);
    }
    this.#tell();
  }

  get missing(): number {
    return this.#total - this.#here;
  }

  /** `received` bytes came over the network; those of pieces under way changed by `useful`. */
  arrived(received: number, useful: number): void {
    this.#network += received;
    this.#underWay += useful;
    this.#tell();
  }

  /** A piece that was under way is stored. */
  stored(bytes: number): void {
    this.#underWay -= bytes;
    this.#here += bytes;
    this.#tell();
  }

  #tell(): void {
    this.#report.tell(this.#here, Math.max(0, this.#underWay), this.#network);
  }
}
