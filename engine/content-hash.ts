/** An encoded image → the name of its content, so that two uploads of one file are one image. */
import { AppError } from '../contract/errors.ts';
import { sha256 } from '../contract/sha256.ts';

/** No camera writes larger files, and a larger one might not fit in memory twice. */
const MAX_IMAGE_BYTES = 256 * 1024 * 1024;

/** Hex SHA-256 of the encoded bytes. Throws `image-too-large` and, when the file is gone, `image-broken`. */
export async function contentHash(image: Blob): Promise<string> {
  if (image.size > MAX_IMAGE_BYTES) {
    const message = 'This picture file is too large to be opened here. Add a smaller copy.';
    throw new AppError('image-too-large', message, { bytes: image.size, max_bytes: MAX_IMAGE_BYTES });
  }
  let bytes: ArrayBuffer;
  try {
    bytes = await image.arrayBuffer();
  } catch (cause) {
    const message = 'The picture can no longer be read. It may have been moved or changed; add it again.';
    throw new AppError('image-broken', message, { bytes: image.size ?? 0 }, cause);
  }
  return sha256(bytes);
}
