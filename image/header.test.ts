import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { asAppError } from '../contract/errors.ts';
import { readImageHeader } from './header.ts';

const png = (width: number, height: number) => new Uint8Array(PNG.sync.write(new PNG({ width, height })));
const jpg = (width: number, height: number) =>
  new Uint8Array(jpeg.encode({ width, height, data: new Uint8Array(width * height * 4) }, 80).data);
const text = (value: string) => Uint8Array.from(value, (c) => c.charCodeAt(0));
const codeOf = (bytes: Uint8Array) => {
  try {
    readImageHeader(bytes);
    return 'ok';
  } catch (thrown) {
    return asAppError(thrown).code;
  }
};

/** A file of `length` zero bytes with some parts written over. */
function file(length: number, parts: Record<number, string | number[]>): Uint8Array {
  const bytes = new Uint8Array(length);
  for (const [at, part] of Object.entries(parts)) bytes.set(typeof part === 'string' ? text(part) : part, Number(at));
  return bytes;
}

describe('readImageHeader', () => {
  test('reads size and type from the bytes', () => {
    expect(readImageHeader(png(7, 5))).toEqual({ kind: 'png', mime: 'image/png', size: { width: 7, height: 5 } });
    expect(readImageHeader(jpg(17, 9))).toMatchObject({ kind: 'jpeg', size: { width: 17, height: 9 } });
    expect(readImageHeader(file(20, { 0: 'GIF89a', 6: [3, 1, 2, 0] }))).toMatchObject({
      size: { width: 259, height: 2 },
    });
    expect(readImageHeader(file(60, { 0: 'BM', 18: [4, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff] }))).toMatchObject({
      kind: 'bmp',
      size: { width: 4, height: 2 },
    });
    const extended = { 0: 'RIFF', 4: [32, 0, 0, 0], 8: 'WEBPVP8X', 24: [9, 0, 0, 4, 1, 0] };
    expect(readImageHeader(file(40, extended))).toMatchObject({ kind: 'webp', size: { width: 10, height: 261 } });
    const lossless = { 0: 'RIFF', 4: [32, 0, 0, 0], 8: 'WEBPVP8L', 20: [0x2f, 0x63, 0x00, 0x0c, 0x00] };
    expect(readImageHeader(file(40, lossless))).toMatchObject({ size: { width: 100, height: 49 } });
    const avif = { 0: [0, 0, 0, 24], 4: 'ftypmif1', 16: 'avif', 40: 'ispe', 48: [0, 0, 1, 0, 0, 0, 0, 128] };
    expect(readImageHeader(file(100, avif))).toMatchObject({ kind: 'avif', size: { width: 256, height: 128 } });
  });

  test('a bitmap of OS/2 has two bytes for each side', () => {
    const os2 = file(200, { 0: 'BM', 14: [12, 0, 0, 0, 127, 0, 64, 0, 1, 0, 8, 0] });
    expect(readImageHeader(os2)).toEqual({ kind: 'bmp', mime: 'image/bmp', size: { width: 127, height: 64 } });
    expect(codeOf(os2.subarray(0, 26))).toBe('ok');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16_000 }), fc.integer({ min: 1, max: 4000 }), (width, height) => {
        const sides = [width & 255, width >> 8, height & 255, height >> 8];
        const bytes = file(100, { 0: 'BM', 14: [12, 0, 0, 0, ...sides, 1, 0, 24, 0] });
        expect(readImageHeader(bytes).size).toEqual({ width, height });
      }),
    );
  });

  test('a text that begins as bitmaps do is no image', () => {
    expect(codeOf(text('BMW builds cars and motorcycles in Munich.'))).toBe('image-unsupported');
  });

  test.each([
    ['lossless JPEG', 0xc3, 8],
    ['JPEG with arithmetic coding', 0xc9, 8],
    ['hierarchical or lossless JPEG', 0xcb, 8],
    ['JPEG-LS', 0xf7, 8],
    ['JPEG with 12 bits a sample', 0xc1, 12],
    [undefined, 0xc0, 8],
    [undefined, 0xc2, 8],
  ])('knows %s by its frame', (rare, marker, precision) => {
    const photo = jpg(16, 8);
    const frame = photo.findIndex((byte, at) => byte === 0xff && photo[at + 1] === 0xc0);
    photo[frame + 1] = marker;
    photo[frame + 4] = precision;
    expect(readImageHeader(photo)).toMatchObject({ kind: 'jpeg', size: { width: 16, height: 8 } });
    expect(readImageHeader(photo).rare).toBe(rare);
  });

  test.each([
    ['a HEIC photo', file(40, { 0: [0, 0, 0, 24], 4: 'ftypheic' }), /HEIC.*JPEG/],
    ['a PDF', text('%PDF-1.7 and more text behind it'), /PDF/],
    ['an SVG', text('<?xml version="1.0"?><svg xmlns="x"></svg>'), /SVG/],
    ['a ZIP', text('PK\x03\x04 something that is longer'), /ZIP/],
    ['a video', file(40, { 0: [0, 0, 0, 24], 4: 'ftypisom' }), /video/],
    ['plain text', text('hello, this is no picture at all'), /not a picture/],
    ['three bytes', text('abc'), /not a picture/],
  ])('refuses %s with advice', (_, bytes, message) => {
    expect(() => readImageHeader(bytes)).toThrow(message);
    expect(codeOf(bytes)).toBe('image-unsupported');
  });

  test('refuses what is too large from the header alone', () => {
    const bomb = png(1, 1);
    new DataView(bomb.buffer).setUint32(16, 60_000);
    expect(codeOf(bomb)).toBe('image-too-large');
    new DataView(bomb.buffer).setUint32(16, 12_000);
    new DataView(bomb.buffer).setUint32(20, 12_000);
    expect(codeOf(bomb)).toBe('image-too-large');
    new DataView(bomb.buffer).setUint32(20, 10_000);
    expect(codeOf(bomb)).toBe('ok');
    new DataView(bomb.buffer).setUint32(20, 0);
    expect(codeOf(bomb)).toBe('image-broken');
  });

  test('an empty file and truncated files are broken', () => {
    expect(codeOf(new Uint8Array())).toBe('image-broken');
    expect(codeOf(png(9, 9).subarray(0, 18))).toBe('image-broken');
    const photo = jpg(64, 64);
    for (const share of [0.2, 0.5, 0.9]) expect(codeOf(photo.subarray(0, photo.length * share))).toBe('image-broken');
    expect(codeOf(Uint8Array.from([...photo, ...text('trailing data of a phone')]))).toBe('ok');
  });

  test('damaged files give a named error, never anything else', () => {
    const seeds = [png(9, 9), jpg(16, 16), file(100, { 0: [0, 0, 0, 24], 4: 'ftypavif', 40: 'ispe' })];
    const damage = fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...seeds), damage, fc.nat(400), (seed, changes, length) => {
        const bytes = seed.slice(0, length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        expect(['ok', 'image-unsupported', 'image-broken', 'image-too-large']).toContain(codeOf(bytes));
      }),
    );
  });
});
