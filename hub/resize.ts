/** The library's resize, which in browsers ignores the filter that a model was trained with → Pillow's, to the byte. */
import { RawImage } from '@huggingface/transformers';
import { type Filter, resize } from '../image/pixel-values.ts';

/** Pillow's numbers, which models write into their preprocessor_config.json. */
const FILTERS: readonly Filter[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

/** What a `resample` of the library names; it takes numbers, names, and numbers as text. */
function filterOf(resample: unknown): Filter {
  const named = FILTERS.find((filter) => filter === resample);
  return named ?? FILTERS[Number(resample ?? 2)] ?? 'bilinear';
}

/** Width and height with the missing one made up from the other, as the library does. */
function targetSize(image: RawImage, width: number | null, height: number | null): [number, number] {
  const wide = width !== null && width >= 0 ? width : null;
  const high = height !== null && height >= 0 ? height : null;
  if (wide === null && high === null) return [image.width, image.height];
  const scaled = (known: number, from: number, to: number): number => Math.max(1, Math.floor((known / from) * to));
  return [wide ?? scaled(high!, image.height, image.width), high ?? scaled(wide!, image.width, image.height)];
}

export function patchResize(): void {
  // The library's own method draws on a canvas, whatever `resample` says ("TODO use `resample` in browser environment").
  RawImage.prototype.resize = async function (this: RawImage, width, height, { resample = 2 } = {}) {
    const [toWidth, toHeight] = targetSize(this, width as number | null, height as number | null).map(Math.round);
    if (toWidth === this.width && toHeight === this.height) return this;
    const { channels } = this;
    const source = this.clone().rgb();
    const { data } = resize(
      { data: new Uint8Array(source.data), width: source.width, height: source.height },
      toWidth!,
      toHeight!,
      filterOf(resample),
    );
    const resized = new RawImage(new Uint8ClampedArray(data), toWidth!, toHeight!, 3);
    return channels === 3 ? resized : resized.convert(channels);
  };
}
