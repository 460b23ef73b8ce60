import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHeader } from './picture-header.ts';
import { checkPicture } from './pictures.ts';

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (c) => c.charCodeAt(0)) : part)),
  );

const PNG = bytes('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 2, 128], [0, 0, 1, 224]);
const JPEG = bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 17, 8, 1, 0xe0, 2, 0x80, 3]);

describe('readHeader', () => {
  it.each([
    ['png', PNG, { width: 640, height: 480 }],
    ['jpeg', JPEG, { width: 640, height: 480 }],
    ['gif', bytes('GIF89a', [0x80, 2, 0xe0, 1]), { width: 640, height: 480 }],
    [
      'webp',
      bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X', Array(8).fill(0), [0x7f, 2, 0, 0xdf, 1, 0]),
      { width: 640, height: 480 },
    ],
    [
      'webp',
      bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8 ', Array(10).fill(0), [0x80, 2, 0xe0, 1]),
      { width: 640, height: 480 },
    ],
    [
      'webp',
      bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8L', Array(4).fill(0), [0x2f, 0x7f, 0xc2, 0x77, 0], Array(5).fill(0)),
      { width: 640, height: 480 },
    ],
    ['bmp', bytes('BM', Array(16).fill(0), [0x80, 2, 0, 0, 0x20, 0xfe, 0xff, 0xff]), { width: 640, height: 480 }],
    ['heic', bytes([0, 0, 0, 24], 'ftypheic'), null],
    ['avif', bytes([0, 0, 0, 24], 'ftypavif'), null],
    ['tiff', bytes('II*\0', Array(8).fill(0)), null],
    ['svg', bytes('<?xml version="1.0"?>\n<!-- a --><svg xmlns="x">'), null],
    ['pdf', bytes('%PDF-1.7'), null],
    ['unknown', bytes('hello, this is text'), null],
    ['unknown', bytes('<html><svg></svg></html>'), null],
    ['png', PNG.subarray(0, 10), null],
  ] as const)('reads %s', (kind, data, size) => {
    expect(readHeader(data as Uint8Array)).toEqual({ kind, size });
  });

  it('never throws, whatever follows a known start', () => {
    const starts = [PNG, JPEG, bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X'), bytes('BM'), bytes('GIF89a'), bytes()];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), fc.nat(40), (start, rest, cut) => {
        const { size } = readHeader(Uint8Array.from([...start, ...rest]).subarray(0, 240 - cut));
        return size === null || (size.width >= 0 && size.height >= 0);
      }),
    );
  });
});

describe('checkPicture', () => {
  it.each([
    ['image-broken', new Uint8Array()],
    ['image-unsupported', bytes('just text')],
    ['image-unsupported', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['image-too-large', bytes('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 0xea, 0x60], [0, 0, 0xea, 0x60])],
    ['image-too-large', bytes('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 0, 1], [0, 0, 0x7f, 0xff])],
  ])('refuses with %s', async (code, data) => {
    await expect(checkPicture(new Blob([data as Uint8Array<ArrayBuffer>]))).rejects.toMatchObject({ code });
  });

  it('lets HEIC through to the decoder, because Safari has one', async () => {
    await expect(checkPicture(new Blob([bytes([0, 0, 0, 24], 'ftypheic')]))).resolves.toBe('heic');
  });
});
