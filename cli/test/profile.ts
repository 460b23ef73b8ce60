/** A small colour profile whose red and green are swapped → what a PNG and a JPEG carry of it. */
import { deflateSync } from 'node:zlib';

/** s15Fixed16. */
const fixed = (value: number): number[] => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65_536));
  return [...bytes];
};

const xyz = (x: number, y: number, z: number): Buffer =>
  Buffer.from([...Buffer.from('XYZ \0\0\0\0', 'latin1'), ...fixed(x), ...fixed(y), ...fixed(z)]);

/** An ICC profile of version 2: three primaries (those of sRGB, adapted to D50, two of them swapped) and gamma 1.8. */
function profile(): Buffer {
  const gamma = Buffer.from([...Buffer.from('curv\0\0\0\0', 'latin1'), 0, 0, 0, 1, 0x01, 0xcd, 0, 0]);
  const tags: [string, Buffer][] = [
    ['wtpt', xyz(0.9642, 1, 0.8249)],
    ['rXYZ', xyz(0.3851, 0.7169, 0.0971)],
    ['gXYZ', xyz(0.4361, 0.2225, 0.0139)],
    ['bXYZ', xyz(0.1431, 0.0606, 0.7141)],
    ['rTRC', gamma],
    ['gTRC', gamma],
    ['bTRC', gamma],
  ];
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length, 0);
  let at = 128 + table.length;
  for (const [i, [name, data]] of tags.entries()) {
    table.write(name, 4 + i * 12, 'latin1');
    table.writeUInt32BE(at, 8 + i * 12);
    table.writeUInt32BE(data.length, 12 + i * 12);
    at += data.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(at, 0);
  header.writeUInt32BE(0x02100000, 8);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  header.set([...fixed(0.9642), ...fixed(1), ...fixed(0.8249)], 68); // the illuminant D50
  return Buffer.concat([header, table, ...tags.map(([, data]) => data)]);
}

/** The data of an iCCP chunk. */
export const pngProfile = (): Buffer => Buffer.concat([Buffer.from('swapped\0\0', 'latin1'), deflateSync(profile())]);

/** The JPEG with the profile right after its start marker. */
export function jpegProfile(jpeg: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), profile()]);
  const head = Buffer.from([0xff, 0xe2, (body.length + 2) >> 8, (body.length + 2) & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}
