/** Pieces of hub files that arrive → how many bytes are here, reported not too often. */
import type { LoadProgress } from '../../contract/backend.ts';
import { CHUNK_BYTES } from '../../contract/manifest.ts';
import type { HubFile } from './listing.ts';

/** Milliseconds between reports: each one crosses threads. The first and the last always come. */
const INTERVAL_MS = 100;

export class ByteCount {
  readonly #total: number;
  readonly #report: (progress: LoadProgress) => void;
  #here = 0;
  #underWay = 0;
  #network = 0;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(files: readonly HubFile[], present: ReadonlySet<string>, report: (progress: LoadProgress) => void) {
    this.#report = report;
    this.#total = files.reduce((sum, { bytes }) => sum + bytes, 0);
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
    const now = performance.now();
    if (this.missing > 0 && now - this.#reportedAt < INTERVAL_MS) return;
    this.#reportedAt = now;
    this.#report({
      step: 'download',
      loaded_bytes: Math.min(this.#here + Math.max(0, this.#underWay), this.#total),
      total_bytes: this.#total,
      network_bytes: this.#network,
    });
  }
}
