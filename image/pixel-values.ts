/** RGBA pixels → pixel_values: pad or crop to a square, resize as Pillow does, rescale, normalise. */
import type { Preprocessor } from '../contract/manifest.ts';

/** Decoded pixels, 4 bytes each, row by row; alpha is ignored (the decoder has composited it). */
export interface RgbaImage {
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
}

/** Three bytes a pixel, row by row. */
export interface RgbImage {
  data: Uint8Array;
  width: number;
  height: number;
  /** Rows at the top and at the bottom that are of one colour (padding), which a resize along x leaves as they are. */
  plainRows?: number;
}

/** Fixed-point bits of a filter coefficient: 32 - 8 (a byte) - 2 (overshoot), as in Pillow's Resample.c. */
const PRECISION_BITS = 22;
interface Kernel {
  /** Half its width in source pixels when nothing is shrunk. */
  support: number;
  weight(x: number): number;
}

/** Keys' cubic with a = -0.5, the one Pillow uses (a browser's canvas uses others). */
function bicubic(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a;
  return 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/** The filters of Pillow's Resample.c. */
const KERNELS = {
  bicubic: { support: 2, weight: bicubic },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  hamming: {
    support: 1,
    weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(x * Math.PI))),
  },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const satisfies Record<string, Kernel>;

export type Filter = keyof typeof KERNELS | 'nearest';

interface Coefficients {
  /** First source pixel of each output pixel. */
  first: Int32Array;
  /** Number of source pixels of each output pixel. */
  count: Int32Array;
  /** Fixed-point weights, `stride` for each output pixel. */
  weights: Int32Array;
  stride: number;
}

/** Which of the resized pixels of one axis are wanted; all of them when absent. */
interface Window {
  from: number;
  count: number;
}

/** The weights of one axis. Shrinking widens the kernel by the scale: that is what makes it antialiased. */
function coefficients(inSize: number, outSize: number, wanted: Window, kernel: Kernel): Coefficients {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = kernel.support * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(wanted.count);
  const count = new Int32Array(wanted.count);
  const weights = new Int32Array(wanted.count * stride);
  const row = new Float64Array(stride);
  for (let out = 0; out < wanted.count; out++) {
    const center = (wanted.from + out + 0.5) * scale;
    const from = Math.max(Math.trunc(center - support + 0.5), 0);
    const length = Math.min(Math.trunc(center + support + 0.5), inSize) - from;
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const weight = kernel.weight((i + from - center + 0.5) * (1 / filterScale));
      row[i] = weight;
      sum += weight;
    }
    for (let i = 0; i < length; i++) {
      const normalised = sum === 0 ? row[i]! : row[i]! / sum;
      const fixed = normalised * 2 ** PRECISION_BITS;
      weights[out * stride + i] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    first[out] = from;
    count[out] = length;
  }
  return { first, count, weights, stride };
}

function clip8(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Writes the pixel at `colour[at]` to all pixels of `data` in [from, to). */
function fillPixels(data: Uint8Array, from: number, to: number, colour: ArrayLike<number>, at = 0): void {
  const [r, g, b] = [colour[at]!, colour[at + 1]!, colour[at + 2]!];
  for (let i = from; i < to; i += 3) {
    data[i] = r;
    data[i + 1] = g;
    data[i + 2] = b;
  }
}

/** Resizes along x; rounds to bytes, because Pillow does so between its two passes. */
function resizeRows(source: RgbImage, full: number, wanted: Window, kernel: Kernel): RgbImage {
  const { first, count, weights, stride } = coefficients(source.width, full, wanted, kernel);
  const width = wanted.count;
  const data = new Uint8Array(width * source.height * 3);
  const half = 1 << (PRECISION_BITS - 1);
  const plain = source.plainRows ?? 0;
  for (let y = 0; y < source.height; y++) {
    let o = y * width * 3;
    const line = y * source.width;
    if (y < plain || y >= source.height - plain) {
      fillPixels(data, o, o + width * 3, source.data, line * 3);
      continue;
    }
    for (let x = 0; x < width; x++, o += 3) {
      let r = half;
      let g = half;
      let b = half;
      let p = (line + first[x]!) * 3;
      const end = x * stride + count[x]!;
      for (let i = x * stride; i < end; i++, p += 3) {
        const weight = weights[i]!;
        r += source.data[p]! * weight;
        g += source.data[p + 1]! * weight;
        b += source.data[p + 2]! * weight;
      }
      data[o] = clip8(r);
      data[o + 1] = clip8(g);
      data[o + 2] = clip8(b);
    }
  }
  return { data, width, height: source.height };
}

/** Resizes along y, a whole row of sums at a time so that memory is read in order. */
function resizeColumns(source: RgbImage, full: number, wanted: Window, kernel: Kernel): RgbImage {
  const height = wanted.count;
  const { first, count, weights, stride } = coefficients(source.height, full, wanted, kernel);
  const rowBytes = source.width * 3;
  const data = new Uint8Array(rowBytes * height);
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < height; y++) {
    sums.fill(1 << (PRECISION_BITS - 1));
    for (let i = 0; i < count[y]!; i++) {
      const weight = weights[y * stride + i]!;
      const line = (first[y]! + i) * rowBytes;
      for (let x = 0; x < rowBytes; x++) sums[x] = sums[x]! + source.data[line + x]! * weight;
    }
    for (let x = 0; x < rowBytes; x++) data[y * rowBytes + x] = clip8(sums[x]!);
  }
  return { data, width: source.width, height };
}

/** The pixels at the centres of the new ones. */
function resizeNearest({ data, width, height }: RgbImage, toWidth: number, toHeight: number): RgbImage {
  const resized = new Uint8Array(toWidth * toHeight * 3);
  for (let y = 0, to = 0; y < toHeight; y++) {
    const line = Math.floor((y + 0.5) * (height / toHeight)) * width;
    for (let x = 0; x < toWidth; x++, to += 3) {
      const from = (line + Math.floor((x + 0.5) * (width / toWidth))) * 3;
      fillPixels(resized, to, to + 3, data, from);
    }
  }
  return { data: resized, width: toWidth, height: toHeight };
}

/** The image at `width` x `height`, byte for byte what `PIL.Image.resize(size, filter)` gives for an RGB image. */
export function resize(source: RgbImage, width: number, height: number, filter: Filter): RgbImage {
  if (filter === 'nearest') return resizeNearest(source, width, height);
  const kernel = KERNELS[filter];
  const narrowed = source.width === width ? source : resizeRows(source, width, { from: 0, count: width }, kernel);
  return narrowed.height === height ? narrowed : resizeColumns(narrowed, height, { from: 0, count: height }, kernel);
}

/**
 * The shorter side resized to `size` and the middle square of that, byte for byte what cropping the whole resized
 * image gives; of the longer side only that square is computed, however long it is.
 */
export function resizeAndCrop(source: RgbImage, size: number): RgbImage {
  const longer = Math.max(source.width, source.height);
  const shorter = Math.min(source.width, source.height);
  const resized = Math.trunc((size * longer) / shorter);
  const middle = { from: Math.floor((resized - size) / 2), count: size };
  const whole = { from: 0, count: size };
  const { bicubic: kernel } = KERNELS;
  return source.width > source.height
    ? resizeColumns(resizeRows(source, resized, middle, kernel), size, whole, kernel)
    : resizeColumns(resizeRows(source, size, whole, kernel), resized, middle, kernel);
}

/** Drops alpha and, with a pad colour, centres the image on a square of its longer side. */
export function toSquareRgb(image: RgbaImage, padColor: Preprocessor['pad_color']): RgbImage {
  const width = padColor ? Math.max(image.width, image.height) : image.width;
  const height = padColor ? width : image.height;
  const left = (width - image.width) >> 1;
  const top = (height - image.height) >> 1;
  const data = new Uint8Array(width * height * 3);
  if (padColor && width * height > image.width * image.height) fillPixels(data, 0, data.length, padColor);
  for (let y = 0, from = 0; y < image.height; y++) {
    let to = ((y + top) * width + left) * 3;
    for (let x = 0; x < image.width; x++, from += 4, to += 3) {
      data[to] = image.data[from]!;
      data[to + 1] = image.data[from + 1]!;
      data[to + 2] = image.data[from + 2]!;
    }
  }
  return { data, width, height, plainRows: top };
}

/** What the model gets to see: the image padded, cropped or stretched to a square with sides of `image_size`. */
export function squareImage(
  image: RgbaImage,
  { image_size: size, pad_color, crop, resample }: Pick<Preprocessor, 'image_size' | 'pad_color' | 'crop' | 'resample'>,
): RgbImage {
  const source = toSquareRgb(image, pad_color);
  return crop ? resizeAndCrop(source, size) : resize(source, size, size, resample);
}

/** pixel_values of one image: float32 [3, H, W], channel by channel, H = W = `image_size`. */
export function pixelValues(image: RgbaImage, processor: Preprocessor): Float32Array {
  const size = processor.image_size;
  const { data } = squareImage(image, processor);
  const plane = size * size;
  const values = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const mean = processor.mean[channel]!;
    const std = processor.std[channel]!;
    for (let i = 0; i < plane; i++) {
      values[channel * plane + i] = (data[i * 3 + channel]! * processor.rescale - mean) / std;
    }
  }
  return values;
}
