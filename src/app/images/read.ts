/** A file the person chose → an image that is known to decode, without metadata; or an error that says what to do. */
import { AppError } from '../../../contract/errors.ts';
import { broken, checkSize } from '../../../image/header.ts';
import { withoutMetadata } from '../../../image/metadata.ts';
import { readImageFile } from '../../interaction/image-file.ts';
import type { AttachedImage } from '../state.ts';
import { restore } from './reader.ts';

/** Up to so many pixels an image that is drawn anew stays free of loss. */
const MAX_PNG_PIXELS = 4_000_000;

/**
 * The image in memory, with the type that its bytes show and no metadata; refused from the header alone if it must not
 * be decoded. `clean` is false for kinds whose metadata only goes when they are drawn anew.
 */
export async function checkImage(file: Blob): Promise<{ blob: Blob; clean: boolean }> {
  const { bytes, header } = await readImageFile(file);
  const { kind, mime } = header;
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
