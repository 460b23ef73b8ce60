import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Preprocessor } from '../contract/manifest.ts';
import {
  type Filter,
  pixelValues,
  type RgbaImage,
  type RgbImage,
  resize,
  resizeAndCrop,
  toSquareRgb,
} from './pixel-values.ts';

interface Golden {
  resize: { size: [number, number]; target: [number, number]; sha256: string; first: number[] }[];
  pad: { size: [number, number]; image_size: number; sha256: string; values: number[] }[];
  crop: { size: [number, number]; image_size: number; sha256: string }[];
}
const golden = JSON.parse(readFileSync('fixtures/processor/resize-bicubic.json', 'utf8')) as Golden;

const { resize: filters } = JSON.parse(readFileSync('fixtures/processor/resize-filters.json', 'utf8')) as {
  resize: (Golden['resize'][number] & { filter: Filter })[];
};

/** The formula that the fixture's images were drawn with. */
function channel(x: number, y: number, c: number): number {
  const checker = (Math.floor(x / 5) + Math.floor(y / 3)) % 2 ? 200 : 0;
  return (x * 7 + y * 13 + c * 50 + ((x * y) % 31) * 5 + checker) % 256;
}

function rgba(width: number, height: number): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 4; c++) data[(y * width + x) * 4 + c] = c === 3 ? 255 : channel(x, y, c);
    }
  }
  return { data, width, height };
}

const sha256 = (image: RgbImage) => createHash('sha256').update(image.data).digest('hex');

const processor = (image_size: number, pad = true): Preprocessor => ({
  image_size,
  pad_color: pad ? [127, 127, 127] : null,
  resample: 'bicubic',
  rescale: 1 / 255,
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
  image_tokens: 1,
});

describe('resize', () => {
  test.each(golden.resize)('$size to $target is Pillow byte for byte', ({ size, target, sha256: expected, first }) => {
    const resized = resize(toSquareRgb(rgba(...size), null), ...target, 'bicubic');
    expect([...resized.data.subarray(0, first.length)]).toEqual(first);
    expect(sha256(resized)).toBe(expected);
  });

  test.each(filters)(
    '$filter: $size to $target is Pillow byte for byte',
    ({ filter, size, target, sha256: expected, first }) => {
      const resized = resize(toSquareRgb(rgba(...size), null), ...target, filter);
      expect([...resized.data.subarray(0, first.length)]).toEqual(first);
      expect(sha256(resized)).toBe(expected);
    },
  );
});

describe('resizeAndCrop', () => {
  test.each(golden.crop)('$size to $image_size is Pillow, cropped, byte for byte', (item) => {
    expect(sha256(resizeAndCrop(toSquareRgb(rgba(...item.size), null), item.image_size))).toBe(item.sha256);
  });

  test('of a very long picture only the square is computed', () => {
    const { data, width, height } = resizeAndCrop(toSquareRgb(rgba(100_000, 1), null), 224);
    expect([data.length, width, height]).toEqual([224 * 224 * 3, 224, 224]);
  });
});

describe('pixelValues', () => {
  test.each(golden.pad)('$size is padded to a centred square, then resized and normalised', (item) => {
    const values = pixelValues(rgba(...item.size), processor(item.image_size));
    const plane = item.image_size ** 2;
    const probes = [0, 1, 2].flatMap((c) =>
      [0, Math.floor(plane / 2) + 3, plane - 1].map((i) => values[c * plane + i]!),
    );
    for (const [i, value] of item.values.entries()) expect(probes[i]).toBeCloseTo(value, 5);
  });

  test('a processor that crops sees the middle square', () => {
    const square = { ...rgba(20, 20), data: new Uint8Array(20 * 20 * 4) };
    const wide = rgba(60, 20);
    for (let y = 0; y < 20; y++) square.data.set(wide.data.subarray((y * 60 + 20) * 4, (y * 60 + 40) * 4), y * 20 * 4);
    const cropping = { ...processor(20, false), crop: true };
    expect(pixelValues(wide, cropping)).toEqual(pixelValues(square, processor(20, false)));
  });

  test('without a pad colour the picture is stretched', () => {
    const stretched = pixelValues(rgba(60, 20), processor(16, false));
    const padded = pixelValues(rgba(60, 20), processor(16));
    expect(stretched).not.toEqual(padded);
    expect(padded[0]).toBeCloseTo((127 / 255 - 0.5) / 0.5, 6);
  });
});
