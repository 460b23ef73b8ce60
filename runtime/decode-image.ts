/** An encoded image (Blob) → upright RGBA pixels on white, by the decoders of a browser. */
import { AppError } from '../contract/errors.ts';
import { checkSize, readImageHeader, unreadable } from '../image/header.ts';
import type { RgbaImage } from '../image/pixel-values.ts';
import { shrunkSize } from '../image/shrink.ts';

/**
 * Decodes with the browser's own decoders; EXIF orientation is applied by them. Transparent parts become white.
 * Throws `image-unsupported`, `image-broken`, `image-too-large`, `out-of-memory` or `cancelled`.
 */
export async function decodeImage(image: Blob, signal?: AbortSignal): Promise<RgbaImage> {
  const bytes = new Uint8Array(await image.arrayBuffer());
  signal?.throwIfAborted();
  const header = readImageHeader(bytes);
  let bitmap: ImageBitmap;
  try {
    // The type that the bytes show, not the one that a file name suggested.
    bitmap = await createImageBitmap(new Blob([bytes], { type: header.mime }));
  } catch (cause) {
    throw unreadable(header, cause);
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
