/** An image in any form that the Prompt API takes → its bytes, encoded. */

type Canvas = { convertToBlob(options: { type: string }): Promise<Blob> };

/** Names of the classes that `createImageBitmap` takes; a worker or an older browser lacks some. */
const DRAWABLE = [
  'HTMLImageElement',
  'SVGImageElement',
  'HTMLVideoElement',
  'HTMLCanvasElement',
  'ImageBitmap',
  'OffscreenCanvas',
  'VideoFrame',
  'ImageData',
];

function isDrawable(value: unknown): value is ImageBitmapSource {
  return DRAWABLE.some((name) => {
    const known = (globalThis as Record<string, unknown>)[name];
    return typeof known === 'function' && value instanceof known;
  });
}

const isBytes = (value: unknown): value is BufferSource => ArrayBuffer.isView(value) || value instanceof ArrayBuffer;

export function isImage(value: unknown): value is Blob | BufferSource | ImageBitmapSource {
  return value instanceof Blob || isBytes(value) || isDrawable(value);
}

/** As it is when it is asked for: what changes or is closed later makes no difference. */
export async function toBlob(value: Blob | BufferSource | ImageBitmapSource): Promise<Blob> {
  if (value instanceof Blob) return value;
  if (isBytes(value)) return new Blob([value as BufferSource & BlobPart]);
  try {
    // An element whose image is still on its way.
    if ('decode' in value && 'complete' in value && !value.complete) await value.decode();
    const bitmap = await createImageBitmap(value);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
    bitmap.close();
    return await (canvas as Canvas).convertToBlob({ type: 'image/png' });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name !== 'EncodingError') throw thrown;
    throw new DOMException('The picture has no pixels that can be read.', 'InvalidStateError');
  }
}
