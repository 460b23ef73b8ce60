/** PNG or JPEG bytes → upright RGBA pixels in Node, with the limits and error codes of the page. */
import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { AppError } from '../contract/errors.ts';
import type { RgbaImage } from '../workers/engine/processor/image.ts';
import { readJpegHeader, upright } from './jpeg-header.ts';

const MAX_PIXELS = 120_000_000;
const MAX_SIDE = 16_384;
/** jpeg-js keeps coefficients, planes and pixels at once: about this many bytes for each pixel. */
const JPEG_BYTES_PER_PIXEL = 16;

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

type Kind = 'png' | 'jpeg';

function kindOf(bytes: Uint8Array): Kind {
  if (PNG_SIGNATURE.every((byte, i) => bytes[i] === byte)) return 'png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (bytes.length === 0) throw new AppError('image-broken', 'This file is empty. Name another picture.', { bytes: 0 });
  const message =
    'This is not a PNG or JPEG picture, the two kinds that the command line reads. Save it as one of them.';
  throw new AppError('image-unsupported', message, { bytes: bytes.length });
}

function broken(kind: Kind, bytes: Uint8Array, cause?: unknown): AppError {
  const message = 'This picture is damaged or incomplete. Name another copy of it.';
  return new AppError('image-broken', message, { kind, bytes: bytes.length }, cause);
}

/** Refuses from the header alone what must not reach a decoder. */
function checkSize(kind: Kind, bytes: Uint8Array, width: number, height: number): void {
  if (width === 0 || height === 0) throw broken(kind, bytes);
  if (width * height <= MAX_PIXELS && Math.max(width, height) <= MAX_SIDE) return;
  const message = `This picture has ${width} × ${height} pixels, more than can be opened. Name a smaller copy.`;
  throw new AppError('image-too-large', message, { kind, width, height });
}

function readPng(bytes: Uint8Array): RgbaImage {
  if (bytes.length < 33) throw broken('png', bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkSize('png', bytes, view.getUint32(16), view.getUint32(20));
  const { data, width, height } = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height };
}

function readJpeg(bytes: Uint8Array): RgbaImage {
  const header = readJpegHeader(bytes);
  if (header === null) throw broken('jpeg', bytes);
  checkSize('jpeg', bytes, header.width, header.height);
  // jpeg-js would fill what is missing with grey; a picture without its end marker is refused instead.
  if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf('ffd9', undefined, 'hex') < header.scan)
    throw broken('jpeg', bytes);
  const { data, width, height } = decodeJpeg(bytes, {
    useTArray: true,
    tolerantDecoding: false,
    maxResolutionInMP: MAX_PIXELS / 1e6,
    maxMemoryUsageInMB: 64 + (header.width * header.height * JPEG_BYTES_PER_PIXEL) / 1e6,
  });
  return upright(data, width, height, header.orientation);
}

/** The engine wants opaque pixels: what shines through is white, as on the page. */
function onWhite(image: RgbaImage): RgbaImage {
  const { data } = image;
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] as number;
    if (alpha === 255) continue;
    for (let c = 0; c < 3; c++) data[i + c] = Math.round(((data[i + c] as number) * alpha) / 255 + 255 - alpha);
    data[i + 3] = 255;
  }
  return image;
}

/** Throws `image-unsupported`, `image-broken` or `image-too-large`. */
export function decodeImage(bytes: Uint8Array): RgbaImage {
  const kind = kindOf(bytes);
  try {
    return onWhite(kind === 'png' ? readPng(bytes) : readJpeg(bytes));
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : broken(kind, bytes, thrown);
  }
}
