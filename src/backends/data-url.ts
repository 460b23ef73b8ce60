/** An image's file → the data URL in which a server takes it. */
import { readImageHeader } from '../../image/header.ts';

/** `String.fromCharCode` takes its bytes as arguments, of which an engine allows some ten thousands. */
const STEP = 0x8000;

/** Kinds that vision servers decode; the others (AVIF, BMP, JPEG XL) only browsers do. */
const UNDERSTOOD = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += STEP) pieces.push(String.fromCharCode(...bytes.subarray(at, at + STEP)));
  return btoa(pieces.join(''));
}

/** A PNG of the same image, where there is a browser to draw it. */
async function redrawn(image: Blob): Promise<Blob | null> {
  if (typeof OffscreenCanvas === 'undefined') return null;
  const bitmap = await createImageBitmap(image);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/png' });
}

/** Throws `image-unsupported`, `image-broken` or `image-too-large` for what is no usable image. */
export async function dataUrl(image: Blob): Promise<string> {
  const bytes = new Uint8Array(await image.arrayBuffer());
  const { mime } = readImageHeader(bytes);
  if (!UNDERSTOOD.includes(mime)) {
    const png = await redrawn(image);
    if (png) return `data:image/png;base64,${base64(new Uint8Array(await png.arrayBuffer()))}`;
  }
  return `data:${mime};base64,${base64(bytes)}`;
}
