/** Pictures that a person may name on the command line: good ones, turned ones, damaged ones, and no pictures at all. */
import fc from 'fast-check';
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './node-image.ts';

type Rgba = [number, number, number, number];

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

/** An EXIF block with one entry, put right after the start marker. */
function oriented(bytes: Buffer, orientation: number, little = false): Buffer {
  const tiff = Buffer.alloc(26);
  const u16 = (value: number, at: number) => (little ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at));
  const u32 = (value: number, at: number) => (little ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at));
  tiff.write(little ? 'II' : 'MM', 0, 'latin1');
  u16(42, 2);
  u32(8, 4);
  u16(1, 8);
  u16(0x0112, 10);
  u16(3, 12);
  u32(1, 14);
  u16(orientation, 18);
  const head = Buffer.from([0xff, 0xe1, 0, 2 + 6 + tiff.length, 0x45, 0x78, 0x69, 0x66, 0, 0]);
  return Buffer.concat([bytes.subarray(0, 2), head, tiff, bytes.subarray(2)]);
}

const NAMES = { r: [255, 0, 0], g: [0, 255, 0], b: [0, 0, 255], w: [255, 255, 255] } as const;
function nameAt(image: ReturnType<typeof decodeImage>, x: number, y: number): string {
  const at = (y * image.width + x) * 4;
  const near = (rgb: readonly number[]) => rgb.every((value, c) => Math.abs(value - image.data[at + c]!) < 60);
  return Object.entries(NAMES).find(([, rgb]) => near(rgb))?.[0] ?? '?';
}
const corners = (image: ReturnType<typeof decodeImage>) =>
  [
    [3, 3],
    [12, 3],
    [3, 12],
    [12, 12],
  ]
    .map(([x, y]) => nameAt(image, x!, y!))
    .join('');

const codeOf = (bytes: Uint8Array): string => {
  try {
    decodeImage(bytes);
    return 'decoded';
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
};

describe('decodeImage', () => {
  test('gives PNG pixels as they are', () => {
    const image = decodeImage(png(3, 2, (x, y) => [x * 10, y * 20, 7, 255]));
    expect([image.width, image.height]).toEqual([3, 2]);
    expect([...image.data.subarray(20, 24)]).toEqual([20, 20, 7, 255]);
  });

  test('puts transparent pixels on white', () => {
    expect([...decodeImage(png(1, 1, () => [0, 0, 0, 0])).data]).toEqual([255, 255, 255, 255]);
    expect([...decodeImage(png(1, 1, () => [255, 0, 0, 127])).data]).toEqual([255, 128, 128, 255]);
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
  ])('turns EXIF orientation %i upright', (orientation, expected) => {
    expect(corners(decodeImage(oriented(jpeg(), orientation)))).toBe(expected);
    expect(corners(decodeImage(oriented(jpeg(), orientation, true)))).toBe(expected);
  });

  test('swaps the sides of a turned picture', () => {
    const wide = encode({ data: new Uint8Array(24 * 8 * 4), width: 24, height: 8 }, 90).data;
    const image = decodeImage(oriented(wide, 6));
    expect([image.width, image.height]).toEqual([8, 24]);
  });

  test('says what is wrong with a file', () => {
    const good = png(40, 40, (x, y) => [x, y, x ^ y, 255]);
    expect(codeOf(new Uint8Array())).toBe('image-broken');
    expect(codeOf(Buffer.from('hello, this is text'))).toBe('image-unsupported');
    expect(codeOf(Buffer.from('GIF89a\x01\0\x01\0\0\0\0', 'latin1'))).toBe('image-unsupported');
    expect(codeOf(good.subarray(0, 20))).toBe('image-broken');
    expect(codeOf(good.subarray(0, good.length / 2))).toBe('image-broken');
    expect(codeOf(jpeg().subarray(0, 200))).toBe('image-broken');
    expect(codeOf(jpeg().subarray(0, -2))).toBe('image-broken');
  });

  test('an embedded thumbnail with its own end marker does not hide that the end is missing', () => {
    const whole = oriented(jpeg(), 1);
    const thumbnail = Buffer.from([0xff, 0xe2, 0, 6, 0xff, 0xd9, 0xff, 0xd9]);
    const nested = Buffer.concat([whole.subarray(0, 2), thumbnail, whole.subarray(2)]);
    expect(codeOf(nested)).toBe('decoded');
    expect(codeOf(nested.subarray(0, -20))).toBe('image-broken');
  });

  test('refuses by the header what would fill the memory', () => {
    const lie = png(1, 1, () => [0, 0, 0, 255]);
    lie.writeUInt32BE(60_000, 16);
    lie.writeUInt32BE(60_000, 20);
    expect(codeOf(lie)).toBe('image-too-large');
  });

  test('damaged bytes end in a picture or a named error, never in anything else', () => {
    const seeds = [png(9, 7, (x, y) => [x * 20, y * 30, 5, 200]), oriented(jpeg(), 6)];
    const edit = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    const outcome = ['decoded', 'image-broken', 'image-unsupported', 'image-too-large'];
    const edits = fc.array(edit, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...seeds), edits, fc.nat({ max: 40 }), (seed, changes, cut) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expect(outcome).toContain(codeOf(bytes.subarray(0, bytes.length - cut)));
      }),
      { numRuns: 300 },
    );
  });
});
