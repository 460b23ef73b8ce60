/** The size of a picture → the size it is shrunk to before anything else looks at it, in browsers and in Node. */

/** Several times the input of any model, so nothing that it could see is lost. */
const LONGEST_SIDE = 2048;

/** Pixels; the longer side ends at 2048, no side below 1. A smaller picture keeps its size. */
export function shrunkSize({ width, height }: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
