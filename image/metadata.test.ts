import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { exifOrientation } from './exif.ts';
import { readImageHeader } from './header.ts';
import { withoutMetadata } from './metadata.ts';

const text = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString('latin1');
const bytesOf = (...parts: (string | number[] | Uint8Array)[]) =>
  new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)))),
  );

const PIXELS = {
  width: 16,
  height: 8,
  data: Buffer.from(Array.from({ length: 16 * 8 * 4 }, (_, i) => (i * 37) % 256)),
};
const PLAIN = new Uint8Array(jpeg.encode(PIXELS, 90).data);

function segment(marker: number, content: Uint8Array): Uint8Array {
  return bytesOf([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255], content);
}

/** EXIF with an orientation and, behind it, what a camera writes about a place. */
function exif(orientation: number): Uint8Array {
  const tiff = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
  return bytesOf('Exif\0\0', tiff, 'GPS 52.5200 N 13.4050 E');
}

describe('JPEG', () => {
  it('loses place, comments, thumbnails and what is appended, but no pixel and not the way it is turned', () => {
    const rich = bytesOf(
      PLAIN.subarray(0, 2),
      segment(0xe1, exif(6)),
      segment(0xe1, bytesOf('http://ns.adobe.com/xap/1.0/\0<x>SECRET</x>')),
      segment(0xed, bytesOf('Photoshop 3.0\0SECRET')),
      segment(0xfe, bytesOf('SECRET comment')),
      segment(0xe2, bytesOf('MPF\0SECRET')),
      segment(0xe2, bytesOf('ICC_PROFILE\0\x01\x01profile')),
      PLAIN.subarray(2),
      PLAIN,
      'SECRET video',
    );
    const clean = withoutMetadata(rich, 'jpeg');
    expect(text(clean)).not.toMatch(/SECRET|GPS|Photoshop|MPF/);
    expect(text(clean)).toContain('ICC_PROFILE');
    expect(exifOrientation(clean as Uint8Array)).toBe(6);
    expect(readImageHeader(clean as Uint8Array).size).toEqual({ width: 16, height: 8 });
    expect(jpeg.decode(clean as Uint8Array).data).toEqual(jpeg.decode(PLAIN).data);
    expect((clean as Uint8Array).length).toBeLessThan(PLAIN.length + 80);
  });

  it('is left as it is when there is nothing to remove', () => {
    expect(text(withoutMetadata(PLAIN, 'jpeg'))).toBe(text(PLAIN));
    expect(withoutMetadata(withoutMetadata(PLAIN, 'jpeg') as never, 'jpeg')).toEqual(withoutMetadata(PLAIN, 'jpeg'));
  });
});

describe('PNG', () => {
  const png = new Uint8Array(
    PNG.sync.write(Object.assign(new PNG({ width: 3, height: 2 }), { data: Buffer.alloc(24, 9) })),
  );
  const chunk = (type: string, content: string | Uint8Array) =>
    bytesOf([0, 0, 0, content.length], type, content, [0, 0, 0, 0]);
  const withChunk = (extra: Uint8Array) => bytesOf(png.subarray(0, 33), extra, png.subarray(33));

  it('loses text, time and EXIF and decodes to the same pixels', () => {
    const rich = withChunk(
      bytesOf(chunk('tEXt', 'Author\0SECRET'), chunk('tIME', '1234567'), chunk('eXIf', exif(1).subarray(6))),
    );
    const clean = withoutMetadata(bytesOf(rich, 'SECRET'), 'png') as Uint8Array;
    expect(text(clean)).not.toMatch(/SECRET|tIME|eXIf|GPS/);
    expect(PNG.sync.read(Buffer.from(clean)).data).toEqual(Buffer.alloc(24, 9));
  });

  it('is drawn anew when EXIF turns it', () => {
    expect(withoutMetadata(withChunk(chunk('eXIf', exif(3).subarray(6))), 'png')).toBeNull();
  });
});

describe('WebP', () => {
  const chunk = (type: string, content: string | number[]) => bytesOf(type, [content.length, 0, 0, 0], content);
  const riff = (...chunks: Uint8Array[]) => {
    const body = bytesOf('WEBP', ...chunks);
    return bytesOf('RIFF', [body.length & 255, body.length >> 8, 0, 0], body);
  };

  it('loses EXIF and XMP, their flags and what is appended', () => {
    const rich = bytesOf(
      riff(chunk('VP8X', [0x1c, 0, 0, 0, 2, 0, 0, 1, 0, 0]), chunk('VP8L', [0x2f, 1]), chunk('EXIF', 'SECRET')),
      'SECRET',
    );
    expect(withoutMetadata(rich, 'webp')).toEqual(
      riff(chunk('VP8X', [0x10, 0, 0, 0, 2, 0, 0, 1, 0, 0]), chunk('VP8L', [0x2f, 1])),
    );
  });
});

it('kinds that hide metadata anywhere are drawn anew', () => {
  for (const kind of ['gif', 'avif', 'jxl'] as const) expect(withoutMetadata(new Uint8Array(20), kind)).toBeNull();
  expect(withoutMetadata(new Uint8Array(30), 'bmp')).toHaveLength(30);
});
