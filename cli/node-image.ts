/** PNG or JPEG bytes → upright RGBA pixels on white in Node, with the limits and error codes of the page. */
import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { AppError } from '../contract/errors.ts';
import type { RgbaImage } from '../image/pixel-values.ts';
import { broken, MAX_PIXELS, readImageHeader } from '../image/header.ts';
import { exifOrientation } from '../image/exif.ts';
import { upright } from './exif.ts';

/** jpeg-js keeps coefficients, planes and pixels at once, and stops when it passes a limit of its own. */
const JPEG_MEMORY = { maxResolutionInMP: MAX_PIXELS / 1e6, maxMemoryUsageInMB: 64 + (16 * MAX_PIXELS) / 1e6 };

function readPng(bytes: Uint8Array): RgbaImage {
  const { data, width, height } = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height };
}

function readJpeg(bytes: Uint8Array): RgbaImage {
  const { data, width, height } = decodeJpeg(bytes, { useTArray: true, tolerantDecoding: false, ...JPEG_MEMORY });
  return upright(data, width, height, exifOrientation(bytes));
}

/** What shines through is white, as on the page. */
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
  const { kind } = readImageHeader(bytes);
  if (kind !== 'png' && kind !== 'jpeg') {
    const message = `The command line reads PNG and JPEG; this is a ${kind.toUpperCase()} picture. Save it as one of them.`;
    throw new AppError('image-unsupported', message, { kind, bytes: bytes.length });
  }
  try {
    return onWhite(kind === 'png' ? readPng(bytes) : readJpeg(bytes));
  } catch (thrown) {
    throw broken(thrown);
  }
}
