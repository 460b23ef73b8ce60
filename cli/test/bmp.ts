/** A function of x and y → a BMP of any header, depth and packing that is met. */
import { type Draw, nearest, type Rgba } from './drawing.ts';

export interface BmpForm {
  bits: 1 | 4 | 8 | 16 | 24 | 32;
  /** The 12-byte header of OS/2 instead of the 40 bytes of Windows. */
  os2?: boolean;
  topDown?: boolean;
  palette?: Rgba[];
  /** Red, green and blue masks of 16 and 32 bits. */
  masks?: [number, number, number];
  /** Run lengths, for 8 bits. */
  packed?: boolean;
}

/** `value` of 0-255 in the bits of `mask`. */
function masked(value: number, mask: number): number {
  const low = mask & -mask;
  return Math.round((value / 255) * (mask / low)) * low;
}

function row(y: number, width: number, draw: Draw, { bits, palette = [], masks, packed }: BmpForm): Buffer {
  const colours = Array.from({ length: width }, (_, x) => draw(x, y));
  if (packed) return Buffer.from([...colours.flatMap((colour) => [1, nearest(palette, colour)]), 0, 0]);
  const stride = Math.ceil((width * bits) / 32) * 4;
  const line = Buffer.alloc(stride);
  for (const [x, [r, g, b, a]] of colours.entries()) {
    if (bits <= 8) line[(x * bits) >> 3]! |= nearest(palette, colours[x]!) << (8 - bits - ((x * bits) % 8));
    else if (bits === 24) line.set([b, g, r], x * 3);
    else if (masks) {
      const value = [r, g, b].reduce((sum, channel, i) => sum + masked(channel, masks[i]!), 0);
      line.writeUIntLE(value, x * (bits / 8), bits / 8);
    } else if (bits === 16) line.writeUInt16LE(((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3), x * 2);
    else line.set([b, g, r, a], x * 4);
  }
  return line;
}

function header(width: number, height: number, { bits, os2, topDown, palette, masks, packed }: BmpForm): Buffer {
  if (os2) {
    const small = Buffer.alloc(12);
    small.writeUInt32LE(12, 0);
    for (const [i, value] of [width, height, 1, bits].entries()) small.writeUInt16LE(value, 4 + i * 2);
    return small;
  }
  const windows = Buffer.alloc(40);
  windows.writeUInt32LE(40, 0);
  windows.writeInt32LE(width, 4);
  windows.writeInt32LE(topDown ? -height : height, 8);
  windows.writeUInt16LE(1, 12);
  windows.writeUInt16LE(bits, 14);
  windows.writeUInt32LE(packed ? 1 : masks ? 3 : 0, 16);
  windows.writeUInt32LE(palette?.length ?? 0, 32);
  return windows;
}

export function bmpFile(width: number, height: number, draw: Draw, form: BmpForm): Buffer {
  const tables = (form.palette ?? []).flatMap(([r, g, b]) => (form.os2 ? [b, g, r] : [b, g, r, 0]));
  const masks = Buffer.alloc(form.masks ? 12 : 0);
  for (const [i, mask] of (form.masks ?? []).entries()) masks.writeUInt32LE(mask, i * 4);
  const head = Buffer.concat([header(width, height, form), masks, Buffer.from(tables)]);
  const order = Array.from({ length: height }, (_, i) => (form.topDown ? i : height - 1 - i));
  const end = form.packed ? [Buffer.from([0, 1])] : [];
  const pixels = Buffer.concat([...order.map((y) => row(y, width, draw, form)), ...end]);
  const file = Buffer.alloc(14);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(14 + head.length + pixels.length, 2);
  file.writeUInt32LE(14 + head.length, 10);
  return Buffer.concat([file, head, pixels]);
}
