/** An encoded picture (Blob) → upright RGBA pixels on white, in a browser worker. */
import { AppError } from '../contract/errors.ts';
import type { RgbaImage } from './engine/processor/image.ts';
import { broken, checkSize, readImageHeader } from '../contract/image-header.ts';
import { shrunkSize } from '../contract/shrink.ts';

/**
 * Decodes with the browser's own decoders; EXIF orientation is applied by them. Transparent parts become white.
 * Throws `image-unsupported`, `image-broken`, `image-too-large`, `out-of-memory` or `cancelled`.
 */
export async function decodeImage(image: Blob, signal?: AbortSignal): Promise<RgbaImage> {
  const bytes = new Uint8Array(await image.arrayBuffer());
  signal?.throwIfAborted();
  const { kind, mime } = readImageHeader(bytes);
  let bitmap: ImageBitmap;
  try {
    // The type that the bytes show, not the one that a file name suggested.
    bitmap = await createImageBitmap(new Blob([bytes], { type: mime }));
  } catch (cause) {
    if (kind === 'avif' || kind === 'jxl') {
      const message = `This browser cannot open ${kind.toUpperCase()} pictures, or this one is damaged. Save it as JPEG or PNG.`;
      throw new AppError('image-unsupported', message, { kind }, cause);
    }
    throw broken(cause);
  }
  try {
    signal?.throwIfAborted();
    checkSize(bitmap);
    return toPixels(bitmap);
  } finally {
    bitmap.close();
  }
}

function toPixels(bitmap: ImageBitmap): RgbaImage {
  const { width, height } = shrunkSize(bitmap);
  const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) {
    throw new AppError('out-of-memory', 'There is not enough memory to open this picture. Add a smaller copy.', {
      width,
      height,
    });
  }
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return { data, width, height };
}
