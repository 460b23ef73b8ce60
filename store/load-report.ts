/** How many bytes are here → reports not too often, with how fast they come and how long the rest takes. */
import type { LoadProgress } from '../contract/backend.ts';

/** Reports come no closer than this, in milliseconds: each one crosses threads. The first and the last always come. */
const INTERVAL_MS = 100;

/** Speed is measured over so many milliseconds: long enough to be calm, short enough to notice a silence. */
const WINDOW_MS = 5000;
/** With less time behind it a speed is no more than noise. */
const MIN_SPAN_MS = 500;

export class LoadReport {
  readonly #total: number;
  readonly #onProgress: (progress: LoadProgress) => void;
  readonly #now: () => number;
  #reportedAt = Number.NEGATIVE_INFINITY;
  /** Bytes over the network, and when; the oldest is the last one before the window. */
  readonly #samples: { at: number; bytes: number }[] = [];

  constructor(total: number, onProgress: (progress: LoadProgress) => void, now: () => number) {
    this.#total = total;
    this.#onProgress = onProgress;
    this.#now = now;
  }

  /** `here` bytes are complete, `underWay` more have come of what is not, `network` came over the network in this load. */
  tell(here: number, underWay: number, network: number): void {
    const now = this.#now();
    if (here < this.#total && now - this.#reportedAt < INTERVAL_MS) return;
    this.#reportedAt = now;
    const loaded = Math.min(here + underWay, this.#total);
    this.#onProgress({
      step: 'download',
      loaded_bytes: loaded,
      total_bytes: this.#total,
      network_bytes: network,
      ...this.#speed(now, network, this.#total - loaded),
    });
  }

  #speed(now: number, network: number, left: number): Pick<LoadProgress, 'bytes_per_second' | 'seconds_left'> {
    const samples = this.#samples;
    samples.push({ at: now, bytes: network });
    while (samples.length > 2 && (samples[1]?.at ?? now) <= now - WINDOW_MS) samples.shift();
    const [oldest] = samples;
    if (!oldest || now - oldest.at < MIN_SPAN_MS) return {};
    const speed = (1000 * (network - oldest.bytes)) / (now - oldest.at);
    return { bytes_per_second: speed, ...(speed > 0 ? { seconds_left: left / speed } : {}) };
  }
}
