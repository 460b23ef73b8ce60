/** An image's bytes → the same image without place, time, camera, comments, thumbnails and whatever else came along. */
import { exifOrientation, orientationOf } from './exif.ts';
import type { ImageKind } from './header.ts';
import { jpegSegments, type Segment, standsAlone } from './jpeg-segments.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const ascii = (bytes: Uint8Array, from: number, length: number) =>
  String.fromCharCode(...bytes.subarray(from, from + length));

function join(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** An EXIF segment that says how the image is turned and nothing else. */
function orientationSegment(orientation: number): Bytes {
  // APP1, 34 bytes, 'Exif', big-endian TIFF with one entry: tag 0x0112, SHORT, one value.
  const segment = [0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1];
  return new Uint8Array([...segment, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
}

/** Tables, frames and scans; and of the application segments those that change how the pixels look. */
function isNeeded(jpeg: Uint8Array, { marker, at }: Segment): boolean {
  if (marker === 0xe0) return ascii(jpeg, at + 4, 5) === 'JFIF\0';
  if (marker === 0xe2) return ascii(jpeg, at + 4, 12) === 'ICC_PROFILE\0';
  if (marker === 0xee) return ascii(jpeg, at + 4, 5) === 'Adobe';
  // The frame of JPEG-LS stands among the application segments.
  return (marker < 0xe0 && !standsAlone(marker)) || marker === 0xf7;
}

/** Ends with the first image: phones append videos and second images. */
function jpegWithoutMetadata(jpeg: Uint8Array): Bytes {
  const orientation = exifOrientation(jpeg);
  const parts: Uint8Array[] = [jpeg.subarray(0, 2)];
  if (orientation !== 1) parts.push(orientationSegment(orientation));
  for (const segment of jpegSegments(jpeg)) {
    if (isNeeded(jpeg, segment)) parts.push(jpeg.subarray(segment.at, segment.end));
  }
  parts.push(new Uint8Array([0xff, 0xd9]));
  return join(parts);
}

const PNG_CHUNKS = new Set(
  'IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD acTL fcTL fdAT'.split(' '),
);

function isTurned(tiff: Uint8Array): boolean {
  return orientationOf(new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)) !== 1;
}

function pngWithoutMetadata(png: Uint8Array): Bytes | null {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const parts: Uint8Array[] = [png.subarray(0, 8)];
  for (let at = 8; at + 12 <= png.length; ) {
    const end = at + 12 + view.getUint32(at);
    const type = ascii(png, at + 4, 4);
    if (type === 'eXIf' && isTurned(png.subarray(at + 8, end - 4))) return null;
    if (PNG_CHUNKS.has(type)) parts.push(png.subarray(at, end));
    if (type === 'IEND') break;
    at = end;
  }
  return join(parts);
}

const WEBP_CHUNKS = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
/** Bits of the first VP8X byte that promise EXIF and XMP chunks. */
const WEBP_METADATA = 0x08 | 0x04;

function webpWithoutMetadata(webp: Uint8Array): Bytes | null {
  const view = new DataView(webp.buffer, webp.byteOffset, webp.byteLength);
  const parts: Uint8Array[] = [webp.slice(0, 12)];
  const end = Math.min(webp.length, 8 + view.getUint32(4, true));
  for (let at = 12; at + 8 <= end; ) {
    const size = view.getUint32(at + 4, true);
    const next = at + 8 + size + (size % 2);
    const type = ascii(webp, at, 4);
    if (type === 'EXIF' && isTurned(webp.subarray(at + 8, at + 8 + size))) return null;
    if (WEBP_CHUNKS.has(type)) {
      const chunk = webp.slice(at, next);
      if (type === 'VP8X') chunk[8] = (chunk[8] as number) & ~WEBP_METADATA;
      parts.push(chunk);
    }
    at = next;
  }
  const whole = join(parts);
  new DataView(whole.buffer).setUint32(4, whole.length - 8, true);
  return whole;
}

/**
 * Cuts metadata out without touching the pixels; the way a photo is turned stays. Null: this kind must be drawn anew.
 * `bytes` has passed `readImageHeader`.
 */
export function withoutMetadata(bytes: Bytes, kind: ImageKind): Bytes | null {
  switch (kind) {
    case 'jpeg':
      return jpegWithoutMetadata(bytes);
    case 'png':
      return pngWithoutMetadata(bytes);
    case 'webp':
      return webpWithoutMetadata(bytes);
    case 'bmp':
      return bytes; // has no place for any
    default:
      return null;
  }
}
