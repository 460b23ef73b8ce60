/** A file the person chose → a picture that is known to decode, with its size; or an error that says what to do. */
import { AppError } from '../../contract/errors.ts';
import { broken, checkSize, readImageHeader } from '../../contract/image-header.ts';
import type { PictureReader } from './session.ts';
import type { Picture } from './state.ts';

/** Larger files are no pictures that anything here could decode, and reading them would fill the memory. */
const MAX_BYTES = 256 * 1024 * 1024;

async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > MAX_BYTES) {
    const message = 'This file is larger than 256 MB. Add a smaller picture.';
    throw new AppError('image-too-large', message, { reason: 'tooManyBytes', bytes: file.size });
  }
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (thrown) {
    throw new AppError(
      'image-broken',
      'The file could not be read. Was it moved or deleted?',
      { reason: 'gone' },
      thrown,
    );
  }
}

/** The picture in memory, with the type that its bytes show; refused from the header alone if it must not be decoded. */
export async function checkPicture(file: Blob): Promise<Blob> {
  const bytes = await bytesOf(file);
  return new Blob([bytes], { type: readImageHeader(bytes).mime });
}

async function sizeOf(blob: Blob): Promise<{ width: number; height: number }> {
  try {
    const bitmap = await createImageBitmap(blob);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch (thrown) {
    if (blob.type !== 'image/avif' && blob.type !== 'image/jxl') throw broken(thrown);
    const message = 'This browser cannot open this kind of picture, or it is damaged. Save it as JPEG or PNG.';
    throw new AppError('image-unsupported', message, { reason: 'cannotOpen', type: blob.type }, thrown);
  }
}

async function readPicture(file: Blob): Promise<Picture> {
  // The copy in memory stays readable when the file on disk is changed or deleted.
  const blob = await checkPicture(file);
  const size = await sizeOf(blob);
  checkSize(size);
  return { blob, url: URL.createObjectURL(blob), ...size };
}

export const browserPictures: PictureReader = {
  read: readPicture,
  release: (picture) => URL.revokeObjectURL(picture.url),
};
