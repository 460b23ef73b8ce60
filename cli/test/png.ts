/** A function of x and y → a PNG of any colour type, bit depth and interlacing; also PNGs as odd encoders write them. */
import { crc32, deflateSync } from 'node:zlib';
import { type Draw, luma, nearest, type Rgba } from './drawing.ts';

export interface PngForm {
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA. */
  colour: 0 | 2 | 3 | 4 | 6;
  depth: 1 | 2 | 4 | 8 | 16;
  interlaced?: boolean;
  /** Of a palette picture; samples are the nearest of them. */
  palette?: Rgba[];
  /** Chunks before the pixels: type and data. */
  before?: [string, Uint8Array][];
  /** Bytes that follow the compressed pixels inside IDAT. */
  padding?: number;
  /** Bytes of one IDAT chunk. @default all in one */
  split?: number;
}

export function chunk(type: string, data: Uint8Array): Buffer {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, -4)), whole.length - 4);
  return whole;
}

/** The samples of one pixel, of `depth` bits each. */
function samples(colour: Rgba, { colour: type, depth, palette = [] }: PngForm): number[] {
  const scale = (value: number) => Math.round((value / 255) * (2 ** depth - 1));
  if (type === 3) return [nearest(palette, colour)];
  if (type === 0) return [scale(luma(colour))];
  if (type === 4) return [scale(luma(colour)), scale(colour[3])];
  return (type === 2 ? colour.slice(0, 3) : colour).map(scale);
}

/** Rows of filter 0, their samples packed from the high bits down. */
function rows(xs: number[], ys: number[], draw: Draw, form: PngForm): Buffer {
  if (xs.length === 0) return Buffer.alloc(0);
  const lines = ys.map((y) => {
    const bits = xs
      .flatMap((x) => samples(draw(x, y), form))
      .map((value) => value.toString(2).padStart(form.depth, '0'))
      .join('');
    const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
    return Buffer.from([0, ...bytes.map((byte) => Number.parseInt(byte, 2))]);
  });
  return Buffer.concat(lines);
}

/** Adam7: first column, first row, column step, row step. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);

export function pngFile(width: number, height: number, draw: Draw, form: PngForm): Buffer {
  const passes = form.interlaced ? PASSES : [[0, 0, 1, 1] as const];
  const raw = passes.map(([x, y, dx, dy]) => rows(range(x, width, dx), range(y, height, dy), draw, form));
  const packed = Buffer.concat([deflateSync(Buffer.concat(raw)), Buffer.alloc(form.padding ?? 0)]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([form.depth, form.colour, 0, 0, form.interlaced ? 1 : 0], 8);
  const split = form.split ?? packed.length;
  const palette = form.palette ?? [];
  const palettes: [string, Uint8Array][] = [];
  if (form.colour === 3) palettes.push(['PLTE', Uint8Array.from(palette.flatMap((entry) => entry.slice(0, 3)))]);
  if (palette.some((entry) => entry[3] < 255)) palettes.push(['tRNS', Uint8Array.from(palette.map((e) => e[3]))]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...[...palettes, ...(form.before ?? [])].map(([type, data]) => chunk(type, data)),
    ...range(0, packed.length, split).map((at) => chunk('IDAT', packed.subarray(at, at + split))),
    chunk('IEND', new Uint8Array()),
  ]);
}
