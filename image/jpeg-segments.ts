/** The bytes of a JPEG → its segments in order, found as decoders find them: whatever lies between two of them is passed over. */

export const START_OF_SCAN = 0xda;
/** No marker of JPEG: the compressed data behind the header of a scan. */
export const SCAN_DATA = 0;

const END_OF_IMAGE = 0xd9;

export interface Segment {
  /** The byte behind the 0xff, or SCAN_DATA. */
  marker: number;
  /** Index of the 0xff, or of the first byte of the compressed data. */
  at: number;
  /** Index behind the segment, by its own length; beyond the file where that is cut off. */
  end: number;
}

/** TEM, restarts, and the start and end of an image stand alone; every other marker has a length behind it. */
export const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);

/** The next 0xff with a marker behind it: neither fill bytes nor a zero that is stuffed into compressed data. */
function nextMarker(jpeg: Uint8Array, from: number): number {
  for (let at = jpeg.indexOf(0xff, from); at !== -1 && at + 1 < jpeg.length; at = jpeg.indexOf(0xff, at + 1)) {
    const marker = jpeg[at + 1] as number;
    if (marker !== 0 && marker !== 0xff) return at;
  }
  return jpeg.length;
}

/** The first byte behind the compressed data that begins at `from`: the next marker that is no restart. */
function endOfScan(jpeg: Uint8Array, from: number): number {
  let at = nextMarker(jpeg, from);
  while (at < jpeg.length && (jpeg[at + 1] as number) >= 0xd0 && (jpeg[at + 1] as number) <= 0xd7)
    at = nextMarker(jpeg, at + 2);
  return at;
}

/** The segments between the start and the end of the first image; what is appended behind that is not looked at. */
export function* jpegSegments(jpeg: Uint8Array): Generator<Segment> {
  let at = nextMarker(jpeg, 2);
  while (at + 1 < jpeg.length) {
    const marker = jpeg[at + 1] as number;
    if (marker === END_OF_IMAGE) return;
    let end = at + 2;
    if (!standsAlone(marker)) {
      if (at + 4 > jpeg.length) return;
      // A length counts its own two bytes; decoders take a smaller one for these two.
      end += Math.max(2, ((jpeg[at + 2] as number) << 8) | (jpeg[at + 3] as number));
    }
    yield { marker, at, end };
    if (marker === START_OF_SCAN && end < jpeg.length) {
      const data = end;
      end = endOfScan(jpeg, data);
      yield { marker: SCAN_DATA, at: data, end };
    }
    at = nextMarker(jpeg, end);
  }
}
