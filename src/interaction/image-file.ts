/** A file that a person brought → its bytes and what its header says, or an error that says what to do. */
import { AppError } from '../../contract/errors.ts';
import { type ImageHeader, readImageHeader } from '../../image/header.ts';

/** Larger files are no images that anything here could decode, and reading them would fill the memory. */
const MAX_BYTES = 256 * 1024 * 1024;

async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > MAX_BYTES) {
    const message = 'This file is larger than 256 MB. Add a smaller picture.';
    throw new AppError('image-too-large', message, { reason: 'tooManyBytes', bytes: file.size });
  }
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (thrown) {
    const message = 'The file could not be read. Was it moved or deleted?';
    throw new AppError('image-broken', message, { reason: 'gone' }, thrown);
  }
}

/** Throws `image-unsupported`, `image-broken` or `image-too-large`, each with a `reason`. Nothing is decoded. */
export async function readImageFile(file: Blob): Promise<{ bytes: Uint8Array<ArrayBuffer>; header: ImageHeader }> {
  const bytes = await bytesOf(file);
  return { bytes, header: readImageHeader(bytes) };
}
