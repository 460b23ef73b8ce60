/** The bytes of a picture → upright RGBA pixels on white in Node, with the kinds, sizes and error codes of the page. */
import { AppError } from '../contract/errors.ts';
import { pngOrientation } from '../image/exif.ts';
import { broken, checkSize, type ImageKind, readImageHeader } from '../image/header.ts';
import type { RgbaImage } from '../image/pixel-values.ts';
import { hiddenFirstFrame } from './apng.ts';
import { avifOrientation, decodeAvif } from './avif.ts';
import { asWindowsBmp } from './os2-bmp.ts';
import { PICTURE_KINDS } from './picture-kinds.ts';
import { type Bitmap, bitmapOfPixels, drawOnWhite, forgetSkia, openBitmap, type Place } from './skia.ts';

export interface PictureLimits {
  /** Pixels of a picture that is decoded here. @default what the header check allows */
  maxPixels?: number;
}

interface Size {
  width: number;
  height: number;
}

/** Frames that libjpeg does not decode: lossless, hierarchical, arithmetic coding. */
const RARE_FRAMES = new Set([0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);
/** Past this a trap of the decoder means that the memory is full. */
const LARGE_PIXELS = 16_000_000;

const unsupported = (what: string, advice: string, kind: string): AppError =>
  new AppError('image-unsupported', `${what} cannot be opened here. ${advice}`, { kind });

/** The first frame marker of a JPEG, or null. */
function frameOf(jpeg: Uint8Array): number | null {
  for (let at = 2; at + 4 <= jpeg.length; ) {
    const marker = jpeg[at + 1]!;
    if (jpeg[at] !== 0xff || marker === 0xff) {
      at += 1; // stray byte or fill byte
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) return marker;
    at += 2 + jpeg[at + 2]! * 256 + jpeg[at + 3]!;
  }
  return null;
}

/** Browsers do not look at the EXIF of WebP; Skia does, so its chunk gets a name that nobody knows. */
function withoutExif(webp: Uint8Array): Uint8Array {
  const copy = Buffer.from(webp);
  for (let at = 12; at + 8 <= copy.length; ) {
    const size = copy.readUInt32LE(at + 4);
    if (copy.toString('latin1', at, at + 4) === 'EXIF') copy.write('none', at, 'latin1');
    at += 8 + size + (size % 2);
  }
  return copy;
}

function checkLimit({ width, height }: Size, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  const most = `${Math.floor(maxPixels / 1e6)} megapixels`;
  const message = `This picture has ${width} × ${height} pixels; ${most} are the most here. Send a smaller copy.`;
  throw new AppError('image-too-large', message, { reason: 'tooManyPixels', width, height, max_pixels: maxPixels });
}

async function drawn(bitmap: Bitmap | null, orientation = 1, place?: Place): Promise<RgbaImage> {
  if (!bitmap) throw broken();
  try {
    checkSize(bitmap);
    return await drawOnWhite(bitmap, orientation, place);
  } finally {
    bitmap.close();
  }
}

async function drawPng(bytes: Uint8Array, size: Size | null): Promise<RgbaImage> {
  const frame = size && hiddenFirstFrame(bytes);
  if (!frame) return drawn(await openBitmap(bytes), pngOrientation(bytes));
  const { png, x, y } = frame;
  return drawn(await openBitmap(png), pngOrientation(bytes), { x, y, ...size });
}

async function drawJpeg(bytes: Uint8Array): Promise<RgbaImage> {
  const bitmap = await openBitmap(bytes);
  if (!bitmap && RARE_FRAMES.has(frameOf(bytes) ?? 0))
    throw unsupported('This kind of JPEG (lossless, hierarchical or arithmetic)', 'Save it as PNG.', 'jpeg');
  return drawn(bitmap);
}

async function draw(kind: ImageKind, bytes: Uint8Array, size: Size | null, maxPixels: number): Promise<RgbaImage> {
  switch (kind) {
    case 'png':
      return drawPng(bytes, size);
    case 'jpeg':
      return drawJpeg(bytes);
    case 'webp':
      return drawn(await openBitmap(withoutExif(bytes)));
    case 'gif':
      return drawn(await openBitmap(bytes));
    case 'bmp':
      return drawn(await openBitmap(asWindowsBmp(bytes)));
    case 'avif': {
      const pixels = await decodeAvif(bytes).catch((thrown: unknown) => {
        throw broken(thrown);
      });
      checkLimit(pixels, maxPixels);
      return drawn(await bitmapOfPixels(pixels), avifOrientation(bytes));
    }
    case 'jxl':
      throw unsupported('JPEG XL', `Save it as ${PICTURE_KINDS}.`, kind);
  }
}

/**
 * The longer side is shrunk to 2048, colour profiles and gamma become sRGB, what shines through is white, animations give
 * their first frame. Throws `image-unsupported`, `image-broken`, `image-too-large` or `out-of-memory`.
 */
export async function decodeImage(bytes: Uint8Array, { maxPixels = Infinity }: PictureLimits = {}): Promise<RgbaImage> {
  const { kind, size } = readImageHeader(bytes);
  if (size) checkLimit(size, maxPixels);
  try {
    return await draw(kind, bytes, size, maxPixels);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    forgetSkia();
    if (size && size.width * size.height > LARGE_PIXELS) {
      const message = 'There is not enough memory to open this picture. Add a smaller copy.';
      throw new AppError('out-of-memory', message, { ...size }, thrown);
    }
    throw broken(thrown);
  }
}
