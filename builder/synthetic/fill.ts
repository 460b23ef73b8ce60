/** Seeded numbers for made-up tensors: the same seed and specs give the same checkpoint. */
import { elements } from '../weights/float-tensor.ts';
import type { TensorSpec } from './shape.ts';

/** Uniform numbers in [0, 1) from a 32-bit seed (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Matrices scaled so that signals keep their size; gains near one, biases near zero, none of them exactly. */
export function filler(seed: number): (spec: TensorSpec) => Float32Array {
  const next = uniform(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return ({ dims, kind }) => {
    const count = elements(dims);
    const [centre, spread] =
      kind === 'one' ? [1, 0.1] : kind === 'zero' ? [0, 0.1] : [0, 1 / Math.sqrt(count / (dims[0] ?? 1))];
    return Float32Array.from({ length: count }, () => centre + spread * normal());
  };
}
