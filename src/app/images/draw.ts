/** What is drawn on a canvas → an image file. */
import { AppError } from '../../../contract/errors.ts';

/** Up to so many pixels an image that is drawn anew stays free of loss. */
const MAX_PNG_PIXELS = 4_000_000;

interface Size {
  width: number;
  height: number;
}

/** An empty canvas. Throws `out-of-memory` where the browser gives none of this size. */
export function emptyCanvas({ width, height }: Size): {
  canvas: OffscreenCanvas;
  context: OffscreenCanvasRenderingContext2D;
} {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context !== null) return { canvas, context };
  const message = 'There is not enough memory to open this picture. Add a smaller copy.';
  throw new AppError('out-of-memory', message, { width, height });
}

/** A JPEG, which knows no transparency: what is drawn lies on white, as the model sees it. */
export function drawJpeg(
  size: Size,
  draw: (context: OffscreenCanvasRenderingContext2D) => void,
  quality: number,
): Promise<Blob> {
  const { canvas, context } = emptyCanvas(size);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, size.width, size.height);
  draw(context);
  return canvas.convertToBlob({ type: 'image/jpeg', quality });
}

/** A part of an image (all of it when `part` is left out) as a file of its own: a PNG, and a JPEG where that is large. */
export async function redraw(bitmap: ImageBitmap, part?: DOMRectReadOnly): Promise<Blob> {
  const { x, y, width, height } = part ?? { x: 0, y: 0, width: bitmap.width, height: bitmap.height };
  const draw = (context: OffscreenCanvasRenderingContext2D) =>
    context.drawImage(bitmap, x, y, width, height, 0, 0, width, height);
  if (width * height > MAX_PNG_PIXELS) return drawJpeg({ width, height }, draw, 0.95);
  const { canvas, context } = emptyCanvas({ width, height });
  draw(context);
  return canvas.convertToBlob({ type: 'image/png' });
}
