/** A BMP with the 12-byte header of OS/2 → the same with the header of Windows, which can say how long its palette is. */

const FILE_BYTES = 14;
const OS2_BYTES = 12;
const WINDOWS_BYTES = 40;

/** Skia takes an OS/2 palette to be of full length; where it is shorter, browsers show the picture all the same. */
export function asWindowsBmp(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < FILE_BYTES + OS2_BYTES || file.readUInt32LE(FILE_BYTES) !== OS2_BYTES) return bytes;
  const bits = file.readUInt16LE(24);
  const pixels = file.readUInt32LE(10);
  const table = FILE_BYTES + OS2_BYTES;
  if (bits > 8 || pixels < table || pixels > file.length) return bytes;
  const colours = Math.min(2 ** bits, Math.floor((pixels - table) / 3));
  const header = Buffer.alloc(FILE_BYTES + WINDOWS_BYTES + colours * 4);
  const size = header.length + file.length - pixels;
  header.write('BM', 0, 'latin1');
  header.writeUInt32LE(size, 2);
  header.writeUInt32LE(header.length, 10);
  header.writeUInt32LE(WINDOWS_BYTES, FILE_BYTES);
  header.writeInt32LE(file.readUInt16LE(18), 18);
  header.writeInt32LE(file.readUInt16LE(20), 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(colours, 46);
  for (let i = 0; i < colours; i++)
    file.copy(header, FILE_BYTES + WINDOWS_BYTES + i * 4, table + i * 3, table + i * 3 + 3);
  return Buffer.concat([header, file.subarray(pixels)]);
}
