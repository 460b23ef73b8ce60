/** The first bytes of a file → what kind of image it is and how large, before any decoder sees it. */
import { AppError } from '../contract/errors.ts';
import { jpegSegments, START_OF_SCAN } from './jpeg-segments.ts';

/** Beyond this a decoder needs gigabytes; browsers themselves try up to 400 MP. */
export const MAX_PIXELS = 120_000_000;
/** A screenshot of a long page fits in; canvases of browsers end here (Firefox) or later. */
export const MAX_SIDE = 32_767;

export type ImageKind = 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp' | 'avif' | 'jxl';

export interface ImageHeader {
  kind: ImageKind;
  mime: string;
  /** Pixels before EXIF rotation; null where only the decoder can tell. */
  size: { width: number; height: number } | null;
  /** What few decoders know of this kind, in English, such as `lossless JPEG`; absent for all else. */
  rare?: string;
}

type Size = ImageHeader['size'];
type Found = Pick<ImageHeader, 'size' | 'rare'>;

const ascii = (bytes: Uint8Array, from: number, length: number) =>
  String.fromCharCode(...bytes.subarray(from, from + length));

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Files that people take for images, and what to do about each. */
const FOREIGN: [test: (bytes: Uint8Array) => boolean, name: string, advice: string][] = [
  [isHeic, 'HEIC', 'Save or share it as JPEG.'],
  [(b) => ascii(b, 0, 4) === 'II*\0' || ascii(b, 0, 4) === 'MM\0*', 'TIFF', 'Save it as PNG or JPEG.'],
  [(b) => ascii(b, 0, 5) === '%PDF-', 'PDF', 'Take a screenshot of the page and add that.'],
  [(b) => /^\s*(<\?xml|<!--|<svg)/i.test(ascii(b, 0, 256)), 'SVG', 'Save it as PNG.'],
  [(b) => ascii(b, 0, 4) === 'PK\x03\x04', 'ZIP', 'Unpack it and add the picture inside.'],
  [(b) => ascii(b, 4, 4) === 'ftyp', 'video', 'Take a screenshot of the scene and add that.'],
];

const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

function isHeic(bytes: Uint8Array): boolean {
  return ascii(bytes, 4, 4) === 'ftyp' && HEIC_BRANDS.has(ascii(bytes, 8, 4)) && !isAvif(bytes);
}

function isAvif(bytes: Uint8Array): boolean {
  if (ascii(bytes, 4, 4) !== 'ftyp') return false;
  // The major brand may be the general mif1 with avif among the compatible ones.
  const end = Math.min(viewOf(bytes).getUint32(0), bytes.length, 256);
  for (let at = 8; at + 4 <= end; at += 4) if (/^avi[fs]$/.test(ascii(bytes, at, 4))) return true;
  return false;
}

function kindOf(bytes: Uint8Array): ImageKind | null {
  if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (ascii(bytes, 0, 3) === '\xff\xd8\xff') return 'jpeg';
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'gif';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return 'webp';
  // Texts begin with these letters too; in a bitmap the size of its second header follows, 124 bytes at most.
  if (ascii(bytes, 0, 2) === 'BM' && bytes.length >= 26 && viewOf(bytes).getUint32(14, true) < 256) return 'bmp';
  if (ascii(bytes, 0, 2) === '\xff\x0a' || ascii(bytes, 4, 4) === 'JXL ') return 'jxl';
  return bytes.length > 16 && isAvif(bytes) ? 'avif' : null;
}

function pngSize(bytes: Uint8Array): Size {
  const view = viewOf(bytes);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Frames that browsers leave out: by the marker's second byte, or by the bits of a sample, which are 8 elsewhere. */
function rareJpeg(marker: number, precision: number): Pick<Found, 'rare'> {
  if (marker === 0xf7) return { rare: 'JPEG-LS' };
  if (marker === 0xc3) return { rare: 'lossless JPEG' };
  if (marker === 0xc9 || marker === 0xca) return { rare: 'JPEG with arithmetic coding' };
  if (marker > 0xc3) return { rare: 'hierarchical or lossless JPEG' };
  return precision === 8 ? {} : { rare: `JPEG with ${precision} bits a sample` };
}

/** Reads the frame header. An image without its end marker is one whose lower part is missing. */
function jpegSize(bytes: Uint8Array): Found {
  const view = viewOf(bytes);
  let found: Found | null = null;
  let scan = 2;
  for (const { marker, at, end } of jpegSegments(bytes)) {
    if (marker === START_OF_SCAN) {
      scan = end; // the header ends here
      break;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (!isFrame && marker !== 0xf7) continue;
    const size = { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    found = { size, ...rareJpeg(marker, view.getUint8(at + 4)) };
  }
  if (!found || !hasEndMarker(bytes, scan)) throw broken();
  return found;
}

function hasEndMarker(bytes: Uint8Array, scan: number): boolean {
  for (let at = bytes.length - 2; at >= scan; at--) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  return false;
}

function webpSize(bytes: Uint8Array): Size {
  const view = viewOf(bytes);
  if (view.getUint32(4, true) + 8 > bytes.length) throw broken();
  const format = ascii(bytes, 12, 4);
  if (format === 'VP8X') {
    const uint24 = (at: number) => view.getUint16(at, true) + (bytes[at + 2]! << 16);
    return { width: uint24(24) + 1, height: uint24(27) + 1 };
  }
  if (format === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** The largest `ispe` (image spatial extents) property; images come in tiles and with thumbnails. */
function avifSize(bytes: Uint8Array): Size {
  const view = viewOf(bytes);
  let size: Size = null;
  const end = Math.min(bytes.length - 16, 64 * 1024);
  for (let at = 4; at < end; at++) {
    if (bytes[at] !== 0x69 || ascii(bytes, at, 4) !== 'ispe') continue;
    const found = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (!size || found.width * found.height > size.width * size.height) size = found;
  }
  return size;
}

const OS2_HEADER = 12;
/** `biCompression` by number, of which browsers know the first four and these two need another decoder inside. */
const RARE_BITMAPS: Record<number, string> = { 4: 'bitmap with a JPEG inside', 5: 'bitmap with a PNG inside' };

/** The oldest header has two bytes for a side, all later ones four, with a sign: rows may run from the top down. */
function bmpSize(bytes: Uint8Array): Found {
  const view = viewOf(bytes);
  const header = view.getUint32(14, true);
  if (header === OS2_HEADER) return { size: { width: view.getUint16(18, true), height: view.getUint16(20, true) } };
  const size = { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
  const compression = header >= 40 && bytes.length >= 34 ? view.getUint32(30, true) : 0;
  const rare = RARE_BITMAPS[compression];
  return rare === undefined ? { size } : { size, rare };
}

const plain = (read: (bytes: Uint8Array) => Size) => (bytes: Uint8Array) => ({ size: read(bytes) });

const READERS: Record<ImageKind, (bytes: Uint8Array) => Found> = {
  png: plain(pngSize),
  jpeg: jpegSize,
  gif: plain((bytes) => ({ width: viewOf(bytes).getUint16(6, true), height: viewOf(bytes).getUint16(8, true) })),
  webp: plain(webpSize),
  bmp: bmpSize,
  avif: plain(avifSize),
  jxl: plain(() => null),
};

/** An image that cannot be decoded to the end. */
export function broken(cause?: unknown): AppError {
  const message = 'This picture is damaged or incomplete. Add another copy of it.';
  return new AppError('image-broken', message, { reason: 'damaged' }, cause);
}

/** What to say when a decoder refused an image whose header promised one. */
export function unreadable({ kind, rare }: Pick<ImageHeader, 'kind' | 'rare'>, cause?: unknown): AppError {
  if (rare !== undefined || kind === 'avif' || kind === 'jxl') {
    const message = 'This browser cannot open this kind of picture, or it is damaged. Save it as JPEG or PNG.';
    return new AppError('image-unsupported', message, { reason: 'cannotOpen', kind: rare ?? kind }, cause);
  }
  const message =
    'This picture is damaged or incomplete, or of an unusual kind that this browser cannot read. Save it anew as PNG or JPEG, or add another copy.';
  return new AppError('image-broken', message, { reason: 'unreadable', kind }, cause);
}

/** Refuses an image that is too large to decode. */
export function checkSize({ width, height }: { width: number; height: number }): void {
  if (width < 1 || height < 1) throw broken();
  if (width <= MAX_SIDE && height <= MAX_SIDE && width * height <= MAX_PIXELS) return;
  const message = `This picture has ${width} × ${height} pixels, more than can be opened here. Add a smaller copy.`;
  const limits = { max_pixels: MAX_PIXELS, max_side: MAX_SIDE };
  throw new AppError('image-too-large', message, { reason: 'tooManyPixels', width, height, ...limits });
}

/** Throws `image-unsupported` (no image, a kind that browsers cannot show), `image-broken` or `image-too-large`. */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const kind = kindOf(bytes);
  if (kind === null) {
    if (bytes.length === 0)
      throw new AppError('image-broken', 'This file is empty. Add another picture.', { reason: 'emptyFile' });
    const foreign = FOREIGN.find(([test]) => test(bytes));
    const message = foreign
      ? `This is a ${foreign[1]} file, which cannot be opened here. ${foreign[2]}`
      : 'This file is not a picture. Add a PNG, JPEG, WebP, GIF, AVIF or BMP file.';
    const kind = foreign?.[1] ?? 'unknown';
    // `reason` lets the page say the same in the person's language.
    const reason = foreign ? kind.toLowerCase() : 'notAnImage';
    throw new AppError('image-unsupported', message, { reason, kind, bytes: bytes.length });
  }
  let found: Found;
  try {
    found = READERS[kind](bytes);
  } catch (cause) {
    // A header that ends early makes the DataView throw.
    throw cause instanceof AppError ? cause : broken(cause);
  }
  if (found.size) checkSize(found.size);
  return { kind, mime: `image/${kind}`, ...found };
}
