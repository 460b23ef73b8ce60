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

/** Standard normal numbers (Box-Muller). */
function normals(next: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** Matrices scaled so that signals keep their size; gains near one, biases near zero, none of them exactly. */
function momentsOf({ dims, kind }: TensorSpec): [centre: number, spread: number] {
  if (kind === 'one') return [1, 0.1];
  return [0, kind === 'zero' ? 0.1 : 1 / Math.sqrt(elements(dims) / (dims[0] ?? 1))];
}

/** Fills small tensors: every number is drawn. */
export function filler(seed: number): (spec: TensorSpec) => Float32Array {
  const normal = normals(uniform(seed));
  return (spec) => {
    const [centre, spread] = momentsOf(spec);
    return Float32Array.from({ length: elements(spec.dims) }, () => centre + spread * normal());
  };
}

/** Numbers drawn once and used again and again by `pooledFiller`: 16 MB. */
const POOL = 1 << 22;

/** Fills huge tensors piece by piece: each piece is the one pool of normal numbers from another place on. */
export function pooledFiller(seed: number): (spec: TensorSpec) => Iterable<Float32Array> {
  const next = uniform(seed);
  const normal = normals(next);
  const pool = new Float32Array(POOL);
  for (let i = 0; i < POOL; i++) pool[i] = normal();
  return function* pieces(spec) {
    const [centre, spread] = momentsOf(spec);
    for (let left = elements(spec.dims); left > 0; left -= POOL) {
      const start = Math.floor(next() * POOL);
      const piece = new Float32Array(Math.min(POOL, left));
      for (let i = 0; i < piece.length; i++) piece[i] = centre + spread * (pool[(start + i) % POOL] ?? 0);
      yield piece;
    }
  };
}
