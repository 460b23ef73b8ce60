/** A file the person chose → an image that is known to decode, without metadata; or an error that says what to do. */
import { AppError } from '../../../contract/errors.ts';
import { broken, checkSize, readImageHeader } from '../../../image/header.ts';
import type { AttachedImage } from '../state.ts';
import { withoutMetadata } from '../../../image/metadata.ts';
import { restore } from './reader.ts';

/** Larger files are no images that anything here could decode, and reading them would fill the memory. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Up to so many pixels an image that is drawn anew stays free of loss. */
const MAX_PNG_PIXELS = 4_000_000;

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

/**
 * The image in memory, with the type that its bytes show and no metadata; refused from the header alone if it must not
 * be decoded. `clean` is false for kinds whose metadata only goes when they are drawn anew.
 */
export async function checkImage(file: Blob): Promise<{ blob: Blob; clean: boolean }> {
  const bytes = await bytesOf(file);
  const { kind, mime } = readImageHeader(bytes);
  const stripped = withoutMetadata(bytes, kind);
  return { blob: new Blob([stripped ?? bytes], { type: mime }), clean: stripped !== null };
}

async function open(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob);
  } catch (thrown) {
    if (blob.type !== 'image/avif' && blob.type !== 'image/jxl') throw broken(thrown);
    const message = 'This browser cannot open this kind of picture, or it is damaged. Save it as JPEG or PNG.';
    throw new AppError('image-unsupported', message, { reason: 'cannotOpen', type: blob.type }, thrown);
  }
}

/** A part of an image (all of it when `part` is left out) as a file of its own. */
export async function redraw(bitmap: ImageBitmap, part?: DOMRectReadOnly): Promise<Blob> {
  const { x, y, width, height } = part ?? { x: 0, y: 0, width: bitmap.width, height: bitmap.height };
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.drawImage(bitmap, x, y, width, height, 0, 0, width, height);
  const lossless = width * height <= MAX_PNG_PIXELS;
  return canvas.convertToBlob(lossless ? { type: 'image/png' } : { type: 'image/jpeg', quality: 0.95 });
}

/** Throws `image-unsupported`, `image-broken` or `image-too-large`. */
export async function readImage(file: Blob): Promise<AttachedImage> {
  // The copy in memory stays readable when the file on disk is changed or deleted.
  const { blob, clean } = await checkImage(file);
  const bitmap = await open(blob);
  try {
    const { width, height } = bitmap;
    checkSize({ width, height });
    return restore({ id: crypto.randomUUID(), blob: clean ? blob : await redraw(bitmap), width, height });
  } finally {
    bitmap.close();
  }
}
