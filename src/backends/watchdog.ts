/** Signs of life → a call when none came for too long. */

/** How long the second look takes, and each one after a timer that came late. */
const LOOK_MS = 500;
/** A timer that comes later than this tells of a machine that slept or is overloaded, not of a dead worker. */
const LATE_MS = 200;
/** After so many looks silence is believed, however late the timers are. */
const LOOKS = 8;

export class Watchdog {
  readonly #onSilence: () => void;
  #limit: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Starts to watch. */
  constructor(limitMs: number, onSilence: () => void) {
    this.#onSilence = onSilence;
    this.#limit = limitMs;
    this.alive();
  }

  /** A sign of life; from now on silence may last `limitMs` and half a second. */
  alive(limitMs = this.#limit): void {
    this.#limit = limitMs;
    this.stop();
    if (Number.isFinite(limitMs)) this.#look(limitMs, 1, LOOKS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** `more` looks that come in time have to follow, `left` at most whatever happens. */
  #look(waitMs: number, more: number, left: number): void {
    const due = performance.now() + waitMs;
    this.#timer = setTimeout(() => {
      const late = performance.now() - due > LATE_MS;
      if (left > 0 && (late || more > 0)) this.#look(LOOK_MS, late ? more : more - 1, left - 1);
      else this.#onSilence();
    }, waitMs);
  }
}
