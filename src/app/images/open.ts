/** An image file → its pixels: by the browser's decoder for bitmaps, else as an image element shows them. */
import { emptyCanvas } from './draw.ts';

/** Side of the small copy that is looked at for gaps. */
const PROBE = 256;

/** Whether an opaque pixel is everywhere. What an element could not decode, to the end or at all, stays transparent. */
function isWhole(image: HTMLImageElement): boolean {
  const { context } = emptyCanvas({ width: PROBE, height: PROBE });
  context.drawImage(image, 0, 0, PROBE, PROBE);
  const { data } = context.getImageData(0, 0, PROBE, PROBE);
  for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha] !== 255) return false;
  return true;
}

/**
 * Elements forgive more than `createImageBitmap`: a file that lacks its last bytes, or a kind that only pages decode. Null
 * when the element shows nothing, or shows an image that is not whole.
 */
async function asShown(file: Blob): Promise<ImageBitmap | null> {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    if (!isWhole(image)) return null;
    const { canvas, context } = emptyCanvas({ width: image.naturalWidth, height: image.naturalHeight });
    context.drawImage(image, 0, 0);
    return canvas.transferToImageBitmap();
  } catch {
    return null; // the element refuses it as well
  } finally {
    URL.revokeObjectURL(address);
  }
}

export interface Opened {
  bitmap: ImageBitmap;
  /** Which of the files it is. */
  file: Blob;
  /** False when only an element could read the file. */
  decodable: boolean;
}

/** The first of these files that can be read. Rejects with the decoder's own error when none can. */
export async function openFirst(files: readonly Blob[]): Promise<Opened> {
  let refusal: unknown = new Error('no file');
  for (const file of files) {
    try {
      return { bitmap: await createImageBitmap(file), file, decodable: true };
    } catch (thrown) {
      refusal = thrown;
    }
  }
  for (const file of files) {
    const bitmap = await asShown(file);
    if (bitmap !== null) return { bitmap, file, decodable: false };
  }
  throw refusal;
}
