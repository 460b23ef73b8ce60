/** A seed → a small picture of one coloured shape, and what there is to say about it. */
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';

const COLORS = {
  red: [215, 40, 40],
  blue: [45, 85, 215],
  green: [40, 155, 70],
  yellow: [235, 205, 40],
  black: [25, 25, 25],
} as const;
const SHAPES = ['circle', 'square', 'triangle'] as const;
const BACKGROUND = [246, 246, 246];
const SIDE = 64;

export type Color = keyof typeof COLORS;
export type Shape = (typeof SHAPES)[number];

export interface DrawnPicture {
  color: Color;
  shape: Shape;
  /** Half of the picture in which the shape lies. */
  side: 'left' | 'right';
  /** Encoded when it is wanted: that takes most of the time. */
  jpeg: () => Buffer;
  png: () => Buffer;
}

/** Numbers in [0, 1) that are the same on every machine (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(next: () => number, values: readonly T[]): T {
  return values[Math.floor(next() * values.length)] as T;
}

function isInside(shape: Shape, dx: number, dy: number, radius: number): boolean {
  if (shape === 'circle') return dx * dx + dy * dy <= radius * radius;
  if (shape === 'square') return Math.abs(dx) <= radius && Math.abs(dy) <= radius;
  return dy <= radius && dy >= -radius && Math.abs(dx) <= (dy + radius) / 2;
}

export function drawPicture(seed: number): DrawnPicture {
  const next = random(seed);
  const color = pick(next, Object.keys(COLORS) as Color[]);
  const shape = pick(next, SHAPES);
  const side = pick(next, ['left', 'right'] as const);
  const centre = { x: side === 'left' ? 19 : 45, y: 24 + Math.floor(next() * 16) };
  const radius = 10 + Math.floor(next() * 6);
  const draw = () => {
    const data = Buffer.alloc(SIDE * SIDE * 4, 255);
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) {
        const isShape = isInside(shape, x - centre.x, y - centre.y, radius);
        data.set(isShape ? COLORS[color] : BACKGROUND, (y * SIDE + x) * 4);
      }
    return data;
  };
  const png = () => {
    const image = new PNG({ width: SIDE, height: SIDE });
    image.data = draw();
    return PNG.sync.write(image);
  };
  return { color, shape, side, jpeg: () => encode({ data: draw(), width: SIDE, height: SIDE }, 80).data, png };
}
