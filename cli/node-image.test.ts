/** Pictures that a person may name on the command line: good ones, turned ones, damaged ones, and no pictures at all. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import type { RgbaImage } from '../image/pixel-values.ts';
import { decodeImage } from './node-image.ts';
import { asWindowsBmp } from './os2-bmp.ts';
import { openBitmap } from './skia.ts';
import { corpus, os2Bmp } from './test/corpus.ts';
import { FIXTURES, readDrawing, type Rgba } from './test/drawing.ts';
import { difference, EXPECTED } from './test/expected.ts';
import { between, oriented } from './test/jpeg.ts';

function png(width: number, height: number, color: (x: number, y: number) => Rgba): Buffer {
  const image = new PNG({ width, height });
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) image.data.set(color(x, y), (y * width + x) * 4);
  return PNG.sync.write(image);
}

/** 16 x 8 blocks: red, green over blue, white. JPEG blocks are 8 x 8, so each corner keeps its colour. */
function jpeg(): Buffer {
  const data = new Uint8Array(16 * 16 * 4);
  const corners: Rgba[] = [
    [255, 0, 0, 255],
    [0, 255, 0, 255],
    [0, 0, 255, 255],
    [255, 255, 255, 255],
  ];
  for (let y = 0; y < 16; y++)
    for (let x = 0; x < 16; x++) data.set(corners[(y >> 3) * 2 + (x >> 3)]!, (y * 16 + x) * 4);
  return encode({ data, width: 16, height: 16 }, 95).data;
}

const NAMES = { r: [255, 0, 0], g: [0, 255, 0], b: [0, 0, 255], w: [255, 255, 255] } as const;
function nameAt(image: RgbaImage, x: number, y: number): string {
  const at = (y * image.width + x) * 4;
  const near = (rgb: readonly number[]) => rgb.every((value, c) => Math.abs(value - image.data[at + c]!) < 60);
  return Object.entries(NAMES).find(([, rgb]) => near(rgb))?.[0] ?? '?';
}
const corners = (image: RgbaImage) =>
  [
    [3, 3],
    [12, 3],
    [3, 12],
    [12, 12],
  ]
    .map(([x, y]) => nameAt(image, x!, y!))
    .join('');

const codeOf = (bytes: Uint8Array): Promise<string> =>
  decodeImage(bytes).then(
    () => 'decoded',
    (thrown: { code: string }) => thrown.code,
  );

describe('decodeImage', () => {
  test('gives PNG pixels as they are', async () => {
    const image = await decodeImage(png(3, 2, (x, y) => [x * 10, y * 20, 7, 255]));
    expect([image.width, image.height]).toEqual([3, 2]);
    expect([...image.data.subarray(20, 24)]).toEqual([20, 20, 7, 255]);
  });

  test('puts transparent pixels on white', async () => {
    expect([...(await decodeImage(png(1, 1, () => [0, 0, 0, 0]))).data]).toEqual([255, 255, 255, 255]);
    expect([...(await decodeImage(png(1, 1, () => [255, 0, 0, 127]))).data]).toEqual([255, 128, 128, 255]);
  });

  // What is seen at top left, top right, bottom left, bottom right once the picture is upright.
  test.each([
    [1, 'rgbw'],
    [2, 'grwb'],
    [3, 'wbgr'],
    [4, 'bwrg'],
    [5, 'rbgw'],
    [6, 'brwg'],
    [7, 'wgbr'],
    [8, 'gwrb'],
    [9, 'rgbw'],
  ])('turns EXIF orientation %i upright', async (orientation, expected) => {
    expect(corners(await decodeImage(oriented(jpeg(), orientation)))).toBe(expected);
    expect(corners(await decodeImage(oriented(jpeg(), orientation, true)))).toBe(expected);
  });

  test('swaps the sides of a turned picture', async () => {
    const wide = encode({ data: new Uint8Array(24 * 8 * 4), width: 24, height: 8 }, 90).data;
    const image = await decodeImage(oriented(wide, 6));
    expect([image.width, image.height]).toEqual([8, 24]);
  });

  test('says what is wrong with a file', async () => {
    const good = png(40, 40, (x, y) => [x, y, x ^ y, 255]);
    expect(await codeOf(new Uint8Array())).toBe('image-broken');
    expect(await codeOf(Buffer.from('hello, this is text'))).toBe('image-unsupported');
    expect(await codeOf(Buffer.from('GIF89a\x01\0\x01\0\0\0\0', 'latin1'))).toBe('image-broken');
    expect(await codeOf(good.subarray(0, 20))).toBe('image-broken');
    expect(await codeOf(good.subarray(0, good.length / 2))).toBe('image-broken');
    expect(await codeOf(jpeg().subarray(0, 200))).toBe('image-broken');
    expect(await codeOf(jpeg().subarray(0, -2))).toBe('image-broken');
  });

  test('an embedded thumbnail with its own end marker does not hide that the end is missing', async () => {
    const whole = oriented(jpeg(), 1);
    const thumbnail = Buffer.from([0xff, 0xe2, 0, 6, 0xff, 0xd9, 0xff, 0xd9]);
    const nested = Buffer.concat([whole.subarray(0, 2), thumbnail, whole.subarray(2)]);
    expect(await codeOf(nested)).toBe('decoded');
    expect(await codeOf(nested.subarray(0, -20))).toBe('image-broken');
  });

  test('refuses by the header what would fill the memory', async () => {
    const lie = png(1, 1, () => [0, 0, 0, 255]);
    lie.writeUInt32BE(60_000, 16);
    lie.writeUInt32BE(60_000, 20);
    expect(await codeOf(lie)).toBe('image-too-large');
  });

  test('refuses more pixels than it was told to take, in words that name the limit', async () => {
    const refused = decodeImage(
      png(40, 40, () => [0, 0, 0, 255]),
      { maxPixels: 1500 },
    );
    await expect(refused).rejects.toMatchObject({ code: 'image-too-large', evidence: { max_pixels: 1500, width: 40 } });
    const avif = decodeImage(readFileSync(join(FIXTURES, '420.avif')), { maxPixels: 2000 });
    await expect(avif).rejects.toMatchObject({ code: 'image-too-large' });
    const words = decodeImage(
      png(3000, 1500, () => [0, 0, 0, 255]),
      { maxPixels: 4e6 },
    );
    await expect(words).rejects.toThrow('This picture has 3000 × 1500 pixels; 4 megapixels are the most here.');
  });

  test('what cannot be read here is named, apart from what is damaged', async () => {
    const jxl = Buffer.from('\xff\x0a123456789012345', 'latin1');
    await expect(decodeImage(jxl)).rejects.toThrow(/JPEG XL cannot be opened here\. Save it as PNG, JPEG, WebP, GIF/);
    const lossless = readFileSync(join(FIXTURES, 'grey.jpg'));
    lossless[lossless.indexOf(Buffer.from([0xff, 0xc0])) + 1] = 0xc3;
    await expect(decodeImage(lossless)).rejects.toMatchObject({ code: 'image-unsupported' });
  });

  test('damaged bytes end in a picture or a named error, never in anything else', async () => {
    const file = (name: string) => readFileSync(join(FIXTURES, name));
    const seeds = [
      png(9, 7, (x, y) => [x * 20, y * 30, 5, 200]),
      oriented(jpeg(), 6),
      ...['lossy.webp', 'animated.gif', 'turned6.avif', 'hidden-first.png', 'cmyk-progressive.jpg'].map(file),
      corpus().get('bmp 8 bit, packed')!,
    ];
    const edit = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    const outcome = ['decoded', 'image-broken', 'image-unsupported', 'image-too-large'];
    const edits = fc.array(edit, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...seeds), edits, fc.nat({ max: 40 }), async (seed, changes, cut) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expect(outcome).toContain(await codeOf(bytes.subarray(0, bytes.length - cut)));
      }),
      { numRuns: 600 },
    );
  });
});

const { width, height } = readDrawing('drawing');
const same = (one: RgbaImage, other: RgbaImage): boolean => Buffer.from(one.data).equals(Buffer.from(other.data));

describe('every encoding of the same drawing', () => {
  test.each([...corpus()])('%s', async (name, bytes) => {
    const image = await decodeImage(bytes);
    for (let i = 3; i < image.data.length; i += 4) if (image.data[i] !== 255) throw new Error('not opaque');
    expect(Math.max(image.width, image.height)).toBeLessThanOrEqual(2048);
    const [, expected, mean] = EXPECTED.find(([pattern]) => pattern.test(name)) ?? [];
    if (expected) expect(difference(image, expected)).toBeLessThanOrEqual(mean!);
  });

  test('only what has few colours, another colour space or its own size is not held against the drawing', () => {
    const free = [...corpus().keys()].filter((name) => !EXPECTED.some(([pattern]) => pattern.test(name)));
    const known =
      /gamma|profile|primaries|colour 3|colour 0, [12] bit|bmp 1 bit|transparent\.gif|png \d+ x|unknown end/;
    expect(free.filter((name) => !known.test(name))).toEqual([]);
  });

  test('restart intervals and progressive scans change no pixel', async () => {
    for (const kind of ['grey', '444', '422', '420', 'rgb', 'cmyk']) {
      const plainly = await decodeImage(corpus().get(`${kind}.jpg`)!);
      const others = [...corpus()].filter(([name]) => name.startsWith(`${kind}-`));
      expect(others.length).toBe(7);
      for (const [name, bytes] of others) expect(same(await decodeImage(bytes), plainly), name).toBe(true);
    }
  });

  test('interlacing changes no pixel', async () => {
    const pairs = [...corpus()].filter(([name]) => name.endsWith(', interlaced'));
    expect(pairs.length).toBe(15);
    for (const [name, bytes] of pairs) {
      const straight = await decodeImage(corpus().get(name.replace(', interlaced', ''))!);
      expect(same(await decodeImage(bytes), straight), name).toBe(true);
    }
  });

  test('profiles, primaries and gamma become sRGB', async () => {
    const disc = async (name: string) => {
      const { data } = await decodeImage(corpus().get(name)!);
      const at = (13 * width + 14) * 4;
      return [...data.subarray(at, at + 3)] as [number, number, number];
    };
    for (const name of ['png with a profile', 'jpeg with a profile', 'png with primaries of its own']) {
      const [red, green] = await disc(name);
      expect(green - red, name).toBeGreaterThan(100);
    }
    const [red, green] = await disc('png with gamma 1');
    expect([red > 225, green > 90 && green < 120]).toEqual([true, true]);
  });

  test('the decoder itself reads OS/2 headers and passes over stray bytes between segments', async () => {
    const stray = between(corpus().get('420.jpg')!, 1, 2, 3);
    for (const bytes of [os2Bmp(16), asWindowsBmp(os2Bmp(16)), asWindowsBmp(os2Bmp(8)), stray]) {
      const bitmap = await openBitmap(bytes);
      expect([bitmap?.width, bitmap?.height]).toEqual([width, height]);
      bitmap?.close();
    }
  });
});
