/** AVIF bytes → RGBA pixels as they are stored, and how the file says to turn them. */
import { readFile } from 'node:fs/promises';
import decode, { init } from '@jsquash/avif/decode.js';
import type { RgbaImage } from '../image/pixel-values.ts';
import { DECODER_FILES } from './decoder-files.ts';

let ready: Promise<void> | undefined;

/** Alpha is not multiplied in. Throws what is no AVIF picture or a damaged one. */
export async function decodeAvif(bytes: Uint8Array): Promise<RgbaImage> {
  ready ??= readFile(DECODER_FILES.avif).then((wasmBinary) => init({ wasmBinary }));
  await ready;
  try {
    const image = await decode(new Uint8Array(bytes).buffer);
    if (!image) throw new Error('libavif gave no picture');
    return { data: image.data, width: image.width, height: image.height };
  } catch (thrown) {
    // After a trap the memory of the instance cannot be trusted.
    ready = undefined;
    throw thrown;
  }
}

interface Box {
  type: string;
  /** First byte after the header, and the first after the box. */
  from: number;
  to: number;
}

/** The boxes of an ISO file in [from, to); stops where one does not fit. */
function boxes(file: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const size = file.getUint32(at);
    // 0: to the end. 1: a 64-bit size, which only the pixels need.
    const end = size === 0 ? to : at + (size === 1 && at + 16 <= to ? Number(file.getBigUint64(at + 8)) : size);
    if (end < at + 8 || end > to) break;
    const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => file.getUint8(at + i)));
    found.push({ type, from: at + (size === 1 ? 16 : 8), to: end });
    at = end;
  }
  return found;
}

const named = (list: readonly Box[], type: string): Box | undefined => list.find((box) => box.type === type);

/** Indices (from 1) into the property list that belong to `item`, from the `ipma` box. */
function propertiesOf(file: DataView, { from }: Box, item: number): number[] {
  const version = file.getUint8(from);
  const wide = (file.getUint8(from + 3) & 1) === 1;
  let at = from + 8;
  for (let entries = file.getUint32(from + 4); entries > 0; entries--) {
    const id = version === 0 ? file.getUint16(at) : file.getUint32(at);
    at += version === 0 ? 2 : 4;
    const count = file.getUint8(at);
    at += 1;
    const step = wide ? 2 : 1;
    if (id === item) {
      const index = (i: number) => (wide ? file.getUint16(at + i * 2) & 0x7fff : file.getUint8(at + i) & 0x7f);
      return Array.from({ length: count }, (_, i) => index(i));
    }
    at += count * step;
  }
  return [];
}

/** EXIF's number for a quarter turn (anti-clockwise, 0-3) followed by no mirror, top and bottom, or left and right. */
const ORIENTATIONS = [
  [1, 4, 2],
  [8, 5, 7],
  [3, 2, 4],
  [6, 7, 5],
];

/** What `irot` and `imir` of the primary item ask for, as an EXIF orientation; 1 when there are none. */
export function avifOrientation(bytes: Uint8Array): number {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const meta = named(boxes(file, 0, bytes.length), 'meta');
    const inside = meta ? boxes(file, meta.from + 4, meta.to) : [];
    const primary = named(inside, 'pitm');
    const properties = named(inside, 'iprp');
    if (!primary || !properties) return 1;
    const item =
      file.getUint8(primary.from) === 0 ? file.getUint16(primary.from + 4) : file.getUint32(primary.from + 4);
    const parts = boxes(file, properties.from, properties.to);
    const container = named(parts, 'ipco');
    const association = named(parts, 'ipma');
    if (!container || !association) return 1;
    const all = boxes(file, container.from, container.to);
    const own = propertiesOf(file, association, item).flatMap((index) => all[index - 1] ?? []);
    const turn = named(own, 'irot');
    const mirror = named(own, 'imir');
    const quarters = turn ? file.getUint8(turn.from) & 3 : 0;
    return ORIENTATIONS[quarters]?.[mirror ? 1 + (file.getUint8(mirror.from) & 1) : 0] ?? 1;
  } catch (thrown) {
    // A box that ends early: no picture is refused for how it is turned.
    if (thrown instanceof RangeError) return 1;
    throw thrown;
  }
}
