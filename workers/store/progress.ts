/** Chunks that arrive → how many bytes of the requested files are here, how fast they come and how long it takes. */
import type { LoadProgress } from '../../contract/backend.ts';
import type { ManifestFile } from '../../contract/manifest.ts';

/** Reports come no closer than this, in milliseconds: each one crosses threads. The first and the last always come. */
const INTERVAL_MS = 100;

/** Speed is measured over so many milliseconds: long enough to be calm, short enough to notice a silence. */
const WINDOW_MS = 5000;
/** With less time behind it a speed is no more than noise. */
const MIN_SPAN_MS = 500;

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
  readonly #now: () => number;
  /** Bytes over the network, and when; the oldest is the last one before the window. */
  readonly #samples: { at: number; bytes: number }[] = [];

  constructor(
    files: readonly ManifestFile[],
    chunkBytes: number,
    present: Set<string>,
    onProgress: (progress: LoadProgress) => void,
    now: () => number = () => performance.now(),
  ) {
    this.present = present;
    this.#now = now;
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
    const now = this.#now();
    if (this.missingBytes > 0 && now - this.#reportedAt < INTERVAL_MS) return;
    this.#reportedAt = now;
    const loaded = Math.min(this.#loaded + this.#underWay, this.#total);
    this.#onProgress({
      step: 'download',
      loaded_bytes: loaded,
      total_bytes: this.#total,
      network_bytes: this.#network,
      ...this.#speed(now, this.#total - loaded),
    });
  }

  #speed(now: number, left: number): Pick<LoadProgress, 'bytes_per_second' | 'seconds_left'> {
    const samples = this.#samples;
    samples.push({ at: now, bytes: this.#network });
    while (samples.length > 2 && (samples[1]?.at ?? now) <= now - WINDOW_MS) samples.shift();
    const [oldest] = samples;
    if (!oldest || now - oldest.at < MIN_SPAN_MS) return {};
    const speed = (1000 * (this.#network - oldest.bytes)) / (now - oldest.at);
    return { bytes_per_second: speed, ...(speed > 0 ? { seconds_left: left / speed } : {}) };
  }
}
