/** How far a long task has come → one line on the terminal that replaces itself, or nothing where there is none. */

const WIDTH = 24;

export function barText(done: number, total: number, label: string, columns: number): string {
  const filled = total === 0 ? WIDTH : Math.round((WIDTH * done) / total);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${done}/${total}`;
  // Control characters in a file name must not reach the terminal.
  const clean = label.replace(/[^\p{L}\p{N}\p{P}\p{S}\p{Zs}]/gu, '?');
  return `${bar} ${clean}`.slice(0, Math.max(bar.length, columns - 1));
}

export interface ProgressBar {
  show(done: number, total: number, label: string): void;
  /** Clears the line, so that other output begins on an empty one. */
  clear(): void;
}

export function progressBar(stream: NodeJS.WriteStream): ProgressBar {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  return {
    show: (done, total, label) => stream.write(`\r\x1b[K${barText(done, total, label, stream.columns)}`),
    clear: () => stream.write('\r\x1b[K'),
  };
}
