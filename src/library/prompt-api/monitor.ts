/** Progress of a load → the `downloadprogress` events of the Prompt API, which begin at 0, rise, and end at 1. */
import type { LoadProgress } from '../../../contract/backend.ts';
import type { CreateMonitor } from './types.ts';

/** An event of that name with its numbers, also where there is no ProgressEvent. */
function progressEvent(loaded: number): Event {
  const numbers = { loaded, total: 1, lengthComputable: true };
  if (typeof ProgressEvent === 'function') return new ProgressEvent('downloadprogress', numbers);
  return Object.assign(new Event('downloadprogress'), numbers);
}

class Monitor extends EventTarget implements CreateMonitor {
  ondownloadprogress: CreateMonitor['ondownloadprogress'] = null;

  constructor() {
    super();
    this.addEventListener('downloadprogress', (event) => this.ondownloadprogress?.(event as ProgressEvent));
  }
}

export class Downloads {
  readonly #monitor: Monitor | null;
  #last = -1;

  /** Throws what the caller's function throws. */
  constructor(listen: ((monitor: CreateMonitor) => void) | undefined) {
    this.#monitor = listen ? new Monitor() : null;
    if (this.#monitor) listen?.(this.#monitor);
  }

  report({ loaded_bytes, total_bytes }: Pick<LoadProgress, 'loaded_bytes' | 'total_bytes'>): void {
    // 1 means done, and is said once at the end.
    this.#tell(total_bytes > 0 ? Math.min(loaded_bytes / total_bytes, 0.999) : 0);
  }

  end(): void {
    this.#tell(0);
    this.#tell(1);
  }

  #tell(loaded: number): void {
    if (loaded <= this.#last) return;
    if (this.#last < 0 && loaded > 0) this.#tell(0);
    this.#last = loaded;
    this.#monitor?.dispatchEvent(progressEvent(loaded));
  }
}
