/** Logits of two models at one position → how far their next-token distributions lie apart. */

/** log(softmax(logits)), in double precision. */
function logSoftmax(logits: Float32Array): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  const shift = highest + Math.log(sum);
  return Float64Array.from(logits, (logit) => logit - shift);
}

/** Kullback-Leibler divergence KL(reference ‖ other) in nats. */
export function divergence(reference: Float32Array, other: Float32Array): number {
  const p = logSoftmax(reference);
  const q = logSoftmax(other);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += Math.exp(p[i]!) * (p[i]! - q[i]!);
  // Rounding can leave a tiny negative number where both are equal.
  return Math.max(0, sum);
}

/** Index of the greatest logit; the first of equals, as the graph's ArgMax takes it. */
export function argmax(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}
