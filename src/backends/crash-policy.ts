/** How often a model stopped here → how long to wait before the next try, and whether to leave the GPU. */

/** After so many losses with the GPU in use, the CPU is used instead. */
const LOSSES_BEFORE_SAFE_MODE = 2;
/** Unfinished starts older than this tell nothing about the next one. */
const FORGET_AFTER_MS = 10 * 60 * 1000;
/** Waits before the first, second, … new start in a row. */
const BACK_OFF_MS = [0, 500, 2000] as const;

/** The part of `localStorage` used here: a crash may take the whole page along, and only this outlives it. */
export type CrashStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

interface Record_ {
  starts: number;
  time: number;
}

function pageStorage(): CrashStorage | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage;
  } catch {
    return null; // a browser that blocks storage throws when it is only looked at
  }
}

/** One per model. */
export class CrashPolicy {
  readonly #key: string;
  readonly #storage: CrashStorage | null;
  #losses = 0;
  #started = false;

  constructor(modelUrl: string, storage: CrashStorage | null = pageStorage()) {
    this.#key = `unfinished-starts ${modelUrl}`;
    this.#storage = storage;
  }

  /** Whether the GPU failed so often, now or in pages that it took along, that it is left alone. */
  get safeMode(): boolean {
    return this.#losses + this.#unfinished() >= LOSSES_BEFORE_SAFE_MODE;
  }

  /** How often it failed, for the sentence that says so. */
  get failures(): number {
    return this.#losses + this.#unfinished();
  }

  /** Milliseconds to wait before restart number `restart` of one answer, from 0 on. */
  waitBefore(restart: number): number {
    return BACK_OFF_MS[Math.min(restart, BACK_OFF_MS.length - 1)]!;
  }

  /** Sessions are being created on the GPU, the moment that takes whole pages along. */
  startBegins(): void {
    if (this.#started) return;
    const unfinished = this.#unfinished();
    this.#started = true;
    this.#write(unfinished + 1);
  }

  /** The start succeeded, or failed in an orderly way. */
  startEnds(): void {
    if (!this.#started) return;
    this.#started = false;
    this.#write(0);
  }

  /** The worker was lost while the GPU computed. */
  lost(): void {
    this.#losses++;
  }

  /** An answer came through on the GPU. */
  forgive(): void {
    this.#losses = 0;
  }

  #unfinished(): number {
    try {
      const { starts, time } = JSON.parse(this.#storage?.getItem(this.#key) ?? 'null') as Record_;
      // The start that is going on is not unfinished yet.
      return Date.now() - time < FORGET_AFTER_MS ? starts - (this.#started ? 1 : 0) : 0;
    } catch {
      return 0; // nothing noted, or by somebody else
    }
  }

  #write(starts: number): void {
    try {
      if (starts === 0) this.#storage?.removeItem(this.#key);
      else this.#storage?.setItem(this.#key, JSON.stringify({ starts, time: Date.now() } satisfies Record_));
    } catch {
      // Full or blocked storage: crashes that take the page along are then not counted.
    }
  }
}
