/** An aborted signal → the error that `fetch` would throw for it. */

/** Null when nothing was aborted. */
export function abortReason(signal: AbortSignal | undefined): Error | null {
  if (!signal?.aborted) return null;
  return signal.reason instanceof Error ? signal.reason : new DOMException('Stopped.', 'AbortError');
}
