/** A file the person chose → an image that is known to decode, without metadata; or an error that says what to do. */
import { newId } from '../../../contract/new-id.ts';
import { type ImageHeader, checkSize, unreadable } from '../../../image/header.ts';
import { withoutMetadata } from '../../../image/metadata.ts';
import { readImageFile } from '../../interaction/image-file.ts';
import type { AttachedImage } from '../state.ts';
import { redraw } from './draw.ts';
import { openFirst } from './open.ts';
import { restore } from './reader.ts';

/** A file in memory whose header was read. */
interface Checked {
  /** With the type that its bytes show, and without metadata where that can be cut out. */
  blob: Blob;
  /** False for kinds whose metadata only goes when they are drawn anew. */
  clean: boolean;
  /** As it came; the same as `blob` when nothing was cut out. */
  original: Blob;
  header: ImageHeader;
}

/** The image in memory; refused from the header alone if it must not be decoded. */
export async function checkImage(file: Blob): Promise<Checked> {
  const { bytes, header } = await readImageFile(file);
  const stripped = withoutMetadata(bytes, header.kind);
  const original = new Blob([bytes], { type: header.mime });
  const blob = stripped === null || stripped === bytes ? original : new Blob([stripped], { type: header.mime });
  return { blob, clean: stripped !== null, original, header };
}

/** Throws `image-unsupported`, `image-broken` or `image-too-large`. */
export async function readImage(file: Blob): Promise<AttachedImage> {
  // The copy in memory stays readable when the file on disk is changed or deleted.
  const { blob, clean, original, header } = await checkImage(file);
  // A decoder may want something of an odd file that was cut out with its metadata.
  const opened = await openFirst(blob === original ? [blob] : [blob, original]).catch((thrown: unknown) => {
    throw unreadable(header, thrown);
  });
  const { bitmap } = opened;
  try {
    const { width, height } = bitmap;
    checkSize({ width, height });
    const asIs = clean && opened.decodable && opened.file === blob;
    return restore({ id: newId(), blob: asIs ? blob : await redraw(bitmap), width, height });
  } finally {
    bitmap.close();
  }
}
