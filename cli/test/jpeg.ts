/** A JPEG file → the same picture as cameras, scanners and webcams write it. */

/** An image directory with one entry, the orientation; what EXIF blocks of JPEG and PNG hold. */
export function exifBlock(orientation: number, little = false): Buffer {
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
  return tiff;
}

/** With an EXIF block right after the start marker. */
export function oriented(jpeg: Uint8Array, orientation: number, little = false): Buffer {
  const tiff = exifBlock(orientation, little);
  const head = Buffer.from([0xff, 0xe1, 0, 2 + 6 + tiff.length, 0x45, 0x78, 0x69, 0x66, 0, 0]);
  return Buffer.concat([jpeg.subarray(0, 2), head, tiff, jpeg.subarray(2)]);
}

/** Segments from the start marker to the first scan; what follows is the last of them. */
function segments(jpeg: Uint8Array): Buffer[] {
  const bytes = Buffer.from(jpeg);
  const parts = [bytes.subarray(0, 2)];
  let at = 2;
  while (bytes[at + 1] !== 0xda) {
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  return [...parts, bytes.subarray(at)];
}

/** Without the segments that have this marker: 0xc4 Huffman tables (webcams leave them out), 0xee Adobe's. */
export function without(jpeg: Uint8Array, marker: number): Buffer {
  return Buffer.concat(segments(jpeg).filter((part, i) => i === 0 || part[1] !== marker));
}

/** With bytes before each segment but the first: 0xff are fill bytes, others stray ones. */
export function between(jpeg: Uint8Array, ...bytes: number[]): Buffer {
  const [start, first, ...rest] = segments(jpeg);
  return Buffer.concat([start!, first!, ...rest.flatMap((part) => [Buffer.from(bytes), part])]);
}

/** With a fill byte before each restart marker and the end. */
export function filledScan(jpeg: Uint8Array): Buffer {
  const parts = segments(jpeg);
  const scan = [...parts.pop()!].flatMap((byte, i, all) => {
    const next = all[i + 1] ?? 0;
    return byte === 0xff && next >= 0xd0 && next <= 0xd9 ? [0xff, byte] : [byte];
  });
  return Buffer.concat([...parts, Buffer.from(scan)]);
}
