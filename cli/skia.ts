/** Encoded bytes or pixels → upright RGBA on white, shrunk as in the page, by the graphics library that Chromium uses. */
import CanvasKitInit, { type CanvasKit, type Image } from 'canvaskit-wasm';
import { shrunkSize } from '../image/shrink.ts';
import type { RgbaImage } from '../image/pixel-values.ts';
import { DECODER_FILES } from './decoder-files.ts';
import { upright } from './exif.ts';

/** A picture that Skia holds. `close` frees its memory, which no collector does. */
export interface Bitmap {
  image: Image;
  width: number;
  height: number;
  close(): void;
}

/** Where a bitmap lies on its canvas when it does not fill it, in pixels. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

let loaded: Promise<CanvasKit> | undefined;

function skia(): Promise<CanvasKit> {
  loaded ??= CanvasKitInit({ locateFile: () => DECODER_FILES.skia });
  return loaded;
}

/** Starts anew with the next picture: after a trap the memory of the old instance cannot be trusted. */
export function forgetSkia(): void {
  loaded = undefined;
}

function bitmapOf(image: Image): Bitmap {
  return { image, width: image.width(), height: image.height(), close: () => image.delete() };
}

/**
 * PNG, JPEG, WebP, GIF or BMP, of an animation the first frame; JPEG already turned upright. Null for what is damaged,
 * incomplete or of no known kind.
 */
export async function openBitmap(bytes: Uint8Array): Promise<Bitmap | null> {
  const kit = await skia();
  // Read as an animation: that refuses pictures that end early, which as a still would come back half empty.
  const frames = kit.MakeAnimatedImageFromEncoded(bytes);
  if (!frames) return null;
  const image = frames.makeImageAtCurrentFrame();
  frames.delete();
  return image && bitmapOf(image);
}

/** sRGB pixels whose alpha is not multiplied in. */
export async function bitmapOfPixels({ data, width, height }: RgbaImage): Promise<Bitmap | null> {
  const { AlphaType, ColorSpace, ColorType, MakeImage } = await skia();
  const format = { alphaType: AlphaType.Unpremul, colorSpace: ColorSpace.SRGB, colorType: ColorType.RGBA_8888 };
  const image = MakeImage({ width, height, ...format }, data, width * 4);
  return image && bitmapOf(image);
}

/** Draws the bitmap, turned by an EXIF orientation, at its place on white; colours become sRGB. */
export async function drawOnWhite(bitmap: Bitmap, orientation: number, place?: Place): Promise<RgbaImage> {
  const kit = await skia();
  const { AlphaType, ColorSpace, ColorType, FilterMode, MipmapMode } = kit;
  const canvasSize = place ?? bitmap;
  const turned = upright(canvasSize.width, canvasSize.height, orientation);
  const { width, height } = shrunkSize(turned);
  const surface = kit.MakeSurface(width, height);
  if (!surface) throw new RangeError(`no memory for ${width} x ${height} pixels`);
  try {
    const canvas = surface.getCanvas();
    canvas.clear(kit.WHITE);
    canvas.scale(width / turned.width, height / turned.height);
    canvas.concat(turned.matrix);
    const from = kit.XYWHRect(0, 0, bitmap.width, bitmap.height);
    const to = kit.XYWHRect(place?.x ?? 0, place?.y ?? 0, bitmap.width, bitmap.height);
    const paint = new kit.Paint();
    const shrinks = width < turned.width || height < turned.height;
    const [filter, mipmap] = shrinks ? [FilterMode.Linear, MipmapMode.Linear] : [FilterMode.Nearest, MipmapMode.None];
    canvas.drawImageRectOptions(bitmap.image, from, to, filter, mipmap, paint);
    paint.delete();
    const format = { alphaType: AlphaType.Unpremul, colorSpace: ColorSpace.SRGB, colorType: ColorType.RGBA_8888 };
    const data = canvas.readPixels(0, 0, { width, height, ...format });
    if (!(data instanceof Uint8Array)) throw new RangeError(`no memory for ${width} x ${height} pixels`);
    return { data, width, height };
  } finally {
    surface.dispose();
  }
}
