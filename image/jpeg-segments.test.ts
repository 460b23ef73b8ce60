import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { asAppError } from '../contract/errors.ts';
import { exifOrientation } from './exif.ts';
import { readImageHeader } from './header.ts';
import { jpegSegments, SCAN_DATA, type Segment } from './jpeg-segments.ts';
import { withoutMetadata } from './metadata.ts';

const PIXELS = {
  width: 24,
  height: 16,
  data: Buffer.from(Array.from({ length: 24 * 16 * 4 }, (_, i) => (i * 53) % 256)),
};
const PLAIN = new Uint8Array(jpeg.encode(PIXELS, 90).data);
/** An EXIF segment that says orientation 6. */
const EXIF = 'ffe10022457869660000' + '4d4d002a00000008' + '0001011200030000000100060000' + '00000000';
const TURNED = withBytes(PLAIN, 2, [...Buffer.from(EXIF, 'hex')]);

function withBytes(file: Uint8Array, at: number, bytes: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...file.subarray(0, at), ...bytes, ...file.subarray(at)]);
}

/** Between the segments; not before the first, whose 0xff is what a JPEG is known by. */
const seams = (file: Uint8Array): number[] =>
  [...jpegSegments(file)]
    .slice(1)
    .filter(({ marker }) => marker !== SCAN_DATA)
    .map(({ at }) => at);

/** What lies between segments in files of careless programs: anything that is no marker. */
const stray = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xfe }).map((byte) => [byte]),
      fc.constantFrom([0xff, 0], [0xff, 0xff]),
    ),
    {
      maxLength: 12,
    },
  )
  // A marker is read off an 0xff and what follows, so none may end the piece before a byte of the file's own.
  .map((pieces) =>
    pieces.flatMap((piece, i) => (piece[1] === 0xff && i < pieces.length - 1 ? [0xff, 0xff, 0] : piece)),
  );

describe('jpegSegments', () => {
  it('names the segments of a plain file', () => {
    const markers = [...jpegSegments(PLAIN)].map(({ marker }) => marker.toString(16));
    expect(markers).toEqual(['e0', 'db', 'c0', 'c4', 'da', '0']);
  });

  it('stray bytes between segments change nothing: not the size, the turn or the pixels', () => {
    fc.assert(
      fc.property(fc.array(stray, { minLength: 5, maxLength: 5 }), (pieces) => {
        let dirty: Uint8Array<ArrayBuffer> = TURNED;
        for (const [i, at] of [...seams(TURNED).entries()].reverse()) dirty = withBytes(dirty, at, pieces[i] ?? []);
        expect(readImageHeader(dirty)).toEqual(readImageHeader(TURNED));
        expect(exifOrientation(dirty)).toBe(6);
        expect(withoutMetadata(dirty, 'jpeg')).toEqual(withoutMetadata(TURNED, 'jpeg'));
      }),
    );
  });

  it('a segment that is shorter than it must be is passed over', () => {
    const dirty = withBytes(PLAIN, 2, [0xff, 0xee, 0, 0, 0xff, 0xed, 0, 1, 0x41]);
    expect(readImageHeader(dirty).size).toEqual({ width: 24, height: 16 });
    expect(jpeg.decode(withoutMetadata(dirty, 'jpeg') as Uint8Array).data).toEqual(jpeg.decode(PLAIN).data);
  });

  it('walks forward through any bytes and comes to an end', () => {
    const marker = fc.tuple(fc.constant(0xff), fc.nat(255), fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(fc.array(fc.oneof(marker, fc.array(fc.nat(255))), { maxLength: 40 }), (pieces) => {
        const bytes = new Uint8Array([0xff, 0xd8, 0xff, ...pieces.flat()]);
        let before: Segment = { marker: 0, at: 0, end: 2 };
        for (const segment of jpegSegments(bytes)) {
          expect(segment.at).toBeGreaterThanOrEqual(before.end);
          expect(segment.at).toBeLessThanOrEqual(bytes.length);
          expect(segment.end).toBeGreaterThanOrEqual(segment.at);
          before = segment;
        }
      }),
    );
  });

  it('damage anywhere gives an image or a named error, also from what takes the metadata out', () => {
    const damage = fc.array(fc.tuple(fc.nat(TURNED.length), fc.nat(255)), { maxLength: 12 });
    fc.assert(
      fc.property(damage, fc.nat(TURNED.length), (changes, length) => {
        const bytes = TURNED.slice(0, length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          const { kind } = readImageHeader(bytes);
          withoutMetadata(bytes, kind);
        } catch (thrown) {
          expect(asAppError(thrown).code).toMatch(/^image-/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
