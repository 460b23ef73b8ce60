/** Signs of life → a call when none came for too long. */

/** A timer that may have slept along with the machine gets a second, short look before anything is done. */
const SECOND_LOOK_MS = 1000;

export class Watchdog {
  readonly #onSilence: () => void;
  #limit: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Starts to watch. */
  constructor(limitMs: number, onSilence: () => void) {
    this.#limit = limitMs;
    this.#onSilence = onSilence;
    this.alive();
  }

  /** A sign of life; from now on silence may last `limitMs`. */
  alive(limitMs = this.#limit): void {
    this.#limit = limitMs;
    this.stop();
    if (!Number.isFinite(limitMs)) return;
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(this.#onSilence, SECOND_LOOK_MS);
    }, limitMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
