/** The first bytes of a file → which kind of picture it is and how many pixels it promises, before anything decodes it. */

/** Kinds that browsers decode from a file, and kinds that people try and that need a hint. */
export type PictureKind =
  | 'png'
  | 'jpeg'
  | 'gif'
  | 'webp'
  | 'bmp'
  | 'avif'
  | 'jxl'
  | 'heic'
  | 'tiff'
  | 'svg'
  | 'pdf'
  | 'unknown';

export interface PictureHeader {
  kind: PictureKind;
  /** Pixels as the header states them, or null when the header does not say it in a simple place. */
  size: { width: number; height: number } | null;
}

/** Bytes that `readHeader` wants to see; JPEG and SVG may hide their start behind metadata or comments. */
export const HEADER_BYTES = 256 * 1024;

const HEIC_BRANDS = /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1)$/;
const SVG_START = /^\uFEFF?\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i;

function ascii(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}

function kindOf(bytes: Uint8Array): PictureKind {
  const start = ascii(bytes, 0, 12);
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (/^GIF8[79]a/.test(start)) return 'gif';
  if (start.startsWith('RIFF') && start.slice(8) === 'WEBP') return 'webp';
  if (start.startsWith('BM')) return 'bmp';
  if (start.startsWith('\xff\x0a') || start.slice(4) === 'JXL \r\n\x87\n') return 'jxl';
  if (start.startsWith('II*\0') || start.startsWith('MM\0*')) return 'tiff';
  if (start.startsWith('%PDF')) return 'pdf';
  if (start.slice(4, 8) === 'ftyp') {
    if (/^avi[fs]$/.test(start.slice(8))) return 'avif';
    if (HEIC_BRANDS.test(start.slice(8))) return 'heic';
  }
  return SVG_START.test(new TextDecoder().decode(bytes.subarray(0, 4096))) ? 'svg' : 'unknown';
}

/** Walks JPEG segments to the frame header; null when it lies beyond `bytes`. */
function jpegSize(bytes: Uint8Array): PictureHeader['size'] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return null;
}

function webpSize(bytes: Uint8Array): PictureHeader['size'] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 30) return null;
  switch (ascii(bytes, 12, 4)) {
    case 'VP8X':
      return {
        width: 1 + (view.getUint32(24, true) & 0xffffff),
        height: 1 + (view.getUint32(26, true) >>> 8),
      };
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    default:
      return null;
  }
}

function sizeOf(kind: PictureKind, bytes: Uint8Array): PictureHeader['size'] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case 'png':
      return bytes.length < 24 ? null : { width: view.getUint32(16), height: view.getUint32(20) };
    case 'gif':
      return bytes.length < 10 ? null : { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    case 'bmp':
      return bytes.length < 26
        ? null
        : { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
    case 'jpeg':
      return jpegSize(bytes);
    case 'webp':
      return webpSize(bytes);
    default:
      return null;
  }
}

/** Never throws: bytes that make no sense are `unknown`, a size that can't be read is null. */
export function readHeader(bytes: Uint8Array): PictureHeader {
  const kind = kindOf(bytes);
  return { kind, size: sizeOf(kind, bytes) };
}
