/** EXIF bytes → the orientation that cameras write instead of turning the pixels. */
import { jpegSegments, START_OF_SCAN } from './jpeg-segments.ts';

const ORIENTATION_TAG = 0x0112;
const APP1 = 0xe1;

/** The orientation entry of the first image directory in a TIFF block, or 1. */
export function orientationOf(tiff: DataView): number {
  if (tiff.byteLength < 14) return 1;
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return 1;
  const entries = tiff.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(entry, little) !== ORIENTATION_TAG) continue;
    const value = tiff.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** 1 (upright) to 8; 1 when there is no EXIF block or it is damaged: no image is refused for its metadata. */
export function exifOrientation(jpeg: Uint8Array): number {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  for (const { marker, at, end } of jpegSegments(jpeg)) {
    if (marker === START_OF_SCAN || end > jpeg.length) return 1;
    const isExif = end - at >= 18 && view.getUint32(at + 4) === 0x45786966; // 'Exif', then two zero bytes
    if (marker === APP1 && isExif)
      return orientationOf(new DataView(view.buffer, view.byteOffset + at + 10, end - at - 10));
  }
  return 1;
}

/** The same for the eXIf chunk of a PNG, which readers look for before the pixels. `png` begins with its signature. */
export function pngOrientation(png: Uint8Array): number {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = 8; at + 12 <= view.byteLength; ) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (type === 0x49444154 || at + 12 + length > view.byteLength) return 1; // IDAT
    if (type === 0x65584966) return orientationOf(new DataView(png.buffer, png.byteOffset + at + 8, length)); // eXIf
    at += 12 + length;
  }
  return 1;
}
