/** How many are done → a bar with the time left: one line that renews itself on a terminal, a line now and then elsewhere. */

export interface ProgressOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

const WIDTH = 24;
/** Between two lines, in milliseconds. */
const PERIOD = { terminal: 200, log: 10_000 };

/** 75 → "1 min 15 s" */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

export class Progress {
  readonly #total: number;
  readonly #before: number;
  readonly #out: ProgressOutput;
  readonly #now: () => number;
  readonly #started: number;
  #done: number;
  #shown = Number.NEGATIVE_INFINITY;

  /** `before` were done by an earlier run and say nothing about the speed of this one. */
  constructor(total: number, before: number, out: ProgressOutput, now = () => performance.now()) {
    this.#total = total;
    this.#before = before;
    this.#done = before;
    this.#out = out;
    this.#now = now;
    this.#started = now();
  }

  /** Questions per hour of this run; null before the first. */
  get perHour(): number | null {
    const hours = (this.#now() - this.#started) / 3_600_000;
    return this.#done > this.#before && hours > 0 ? (this.#done - this.#before) / hours : null;
  }

  step(): void {
    this.#done++;
    const { isTTY } = this.#out;
    const isLast = this.#done === this.#total;
    if (!isLast && this.#now() - this.#shown < PERIOD[isTTY ? 'terminal' : 'log']) return;
    this.#shown = this.#now();
    this.#out.write(isTTY ? `\r${this.line()}\x1b[K${isLast ? '\n' : ''}` : `${this.line()}\n`);
  }

  /** Ends a bar that did not reach its end, so that what follows begins on a line of its own. */
  stop(): void {
    if (this.#out.isTTY && this.#done > this.#before && this.#done < this.#total) this.#out.write('\n');
  }

  line(): string {
    const share = this.#total === 0 ? 1 : this.#done / this.#total;
    const filled = Math.floor(share * WIDTH);
    const bar = `${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}`;
    const speed = this.perHour;
    const left = speed === null ? '' : `  ${duration(((this.#total - this.#done) / speed) * 3600)} left`;
    const rate = speed === null ? '' : `  ${Math.round(speed)}/h`;
    return `[${bar}] ${this.#done}/${this.#total}  ${(100 * share).toFixed(1)} %${rate}${left}`;
  }
}
