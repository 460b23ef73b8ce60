/** The fixture's drawing → a function of x and y that test encoders draw from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';

export type Rgba = [number, number, number, number];
export type Draw = (x: number, y: number) => Rgba;

export const FIXTURES = join(import.meta.dirname, '../../fixtures/pictures');

interface Drawing {
  width: number;
  height: number;
  at: Draw;
}

/** `drawing`, opaque, or `transparent`; both are lossless. */
export function readDrawing(name: 'drawing' | 'transparent'): Drawing {
  const { width, height, data } = PNG.sync.read(readFileSync(join(FIXTURES, `${name}.png`)));
  return { width, height, at: (x, y) => [...data.subarray((y * width + x) * 4).subarray(0, 4)] as Rgba };
}

/** The index of the palette's entry that is most like the colour. */
export function nearest(palette: readonly Rgba[], colour: Rgba): number {
  const distance = (entry: Rgba) => entry.reduce((sum, value, c) => sum + Math.abs(value - colour[c]!), 0);
  return palette.reduce((best, entry, i) => (distance(entry) < distance(palette[best]!) ? i : best), 0);
}

/** The grey of a colour, 0 to 255, as JPEG has it. */
export const luma = ([r, g, b]: Rgba): number => 0.299 * r + 0.587 * g + 0.114 * b;
