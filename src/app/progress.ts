/** Where a load stands → one line of words. */
import type { LoadProgress, Place } from '../../contract/backend.ts';
import { fill, megabytes, number, percent, words } from './language.ts';

/** What computes the answers, in words. The two on this device have proper names. */
export function placeName(place: Place): string {
  const { browser, server } = words().model;
  return { webgpu: 'WebGPU', wasm: 'WebAssembly', browser, server }[place];
}

/** Whole per cent of a load, 0 while its size is unknown. */
export function percentOf({ loaded_bytes, total_bytes }: LoadProgress): number {
  return total_bytes > 0 ? Math.min(100, Math.floor((100 * loaded_bytes) / total_bytes)) : 0;
}

export function progressLine(progress: LoadProgress | null): string {
  const w = words().model;
  if (progress === null || progress.step === 'manifest') return w.loading;
  if (progress.step === 'prepare') return w.preparing;
  if (progress.step === 'self-test') return w.checking;
  const { loaded_bytes, total_bytes, network_bytes } = progress;
  const stored = loaded_bytes > 0 && network_bytes === 0;
  return fill(stored ? w.reading : w.downloading, {
    loaded: number(loaded_bytes / 1e6, 1),
    total: megabytes(total_bytes),
    percent: percent(percentOf(progress)),
  });
}
