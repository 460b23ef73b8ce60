/** A file the person chose → a picture that is known to decode, with its size; or an error that says what to do. */
import { AppError } from '../../contract/errors.ts';
import { HEADER_BYTES, type PictureKind, readHeader } from './picture-header.ts';
import type { PictureReader } from './session.ts';
import type { Picture } from './state.ts';

/** Decoding takes 4 bytes for each pixel; browsers accept 400 megapixels and then fall over. */
const MAX_PIXELS = 120_000_000;
const MAX_SIDE = 16_384;
const MAX_BYTES = 256 * 1024 * 1024;

const HINTS: Partial<Record<PictureKind, string>> = {
  heic: 'This browser cannot open HEIC photos. Share or export it as JPEG, then add it again.',
  tiff: 'TIFF pictures cannot be opened here. Save it as PNG or JPEG, then add it again.',
  svg: 'SVG drawings cannot be opened here. Save it as PNG, then add it again.',
  pdf: 'This is a PDF document. Take a screenshot of the page you mean and add that.',
  jxl: 'This browser cannot open JPEG XL pictures. Save it as PNG or JPEG, then add it again.',
  avif: 'This browser cannot open this AVIF picture. Save it as PNG or JPEG, then add it again.',
};
const NOT_A_PICTURE = 'This file is not a picture. Add a PNG, JPEG, WebP, GIF or BMP file.';
const NEVER_DECODED: readonly PictureKind[] = ['tiff', 'svg', 'pdf', 'unknown'];

async function firstBytes(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.slice(0, HEADER_BYTES).arrayBuffer());
  } catch (thrown) {
    throw new AppError('image-broken', 'The file could not be read. Was it moved or deleted?', {}, thrown);
  }
}

/** Refuses from name, size and header alone what must not reach a decoder. */
export async function checkPicture(blob: Blob): Promise<PictureKind> {
  if (blob.size === 0) throw new AppError('image-broken', 'This file is empty. Add another picture.', { bytes: 0 });
  if (blob.size > MAX_BYTES) {
    throw new AppError('image-too-large', 'This file is larger than 256 MB. Add a smaller picture.', {
      bytes: blob.size,
    });
  }
  const { kind, size } = readHeader(await firstBytes(blob));
  if (NEVER_DECODED.includes(kind)) throw new AppError('image-unsupported', HINTS[kind] ?? NOT_A_PICTURE, { kind });
  if (size !== null && (size.width * size.height > MAX_PIXELS || Math.max(size.width, size.height) > MAX_SIDE)) {
    const message = `This picture has ${size.width} × ${size.height} pixels, more than can be opened here. Add a smaller copy.`;
    throw new AppError('image-too-large', message, { kind, ...size });
  }
  return kind;
}

async function readPicture(blob: Blob): Promise<Picture> {
  const kind = await checkPicture(blob);
  try {
    const bitmap = await createImageBitmap(blob);
    const { width, height } = bitmap;
    bitmap.close();
    return { blob, url: URL.createObjectURL(blob), width, height };
  } catch (thrown) {
    const hint = HINTS[kind];
    if (hint !== undefined) throw new AppError('image-unsupported', hint, { kind }, thrown);
    const message = 'This picture is damaged or incomplete. Add another copy of it.';
    throw new AppError('image-broken', message, { kind, bytes: blob.size }, thrown);
  }
}

export const browserPictures: PictureReader = {
  read: readPicture,
  release: (picture) => URL.revokeObjectURL(picture.url),
};
