/** Encoders of the tests and fixture files → pictures of every encoding that Node has to show as a browser does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { type BmpForm, bmpFile } from './bmp.ts';
import { FIXTURES, readDrawing, type Rgba } from './drawing.ts';
import { between, exifBlock, filledScan, oriented, without } from './jpeg.ts';
import { chunk, type PngForm, pngFile } from './png.ts';
import { jpegProfile, pngProfile } from './profile.ts';

/** Of the drawing: the ground, the disc, the square, the band and mixtures of them. */
const PALETTE: Rgba[] = [
  [248, 248, 248, 255],
  [215, 35, 35, 255],
  [40, 80, 215, 255],
  [90, 190, 80, 255],
  [232, 142, 142, 255],
  [144, 164, 232, 255],
  [169, 219, 164, 255],
  [65, 135, 148, 255],
];
const CLEAR: Rgba[] = [...PALETTE, [255, 0, 0, 0], [215, 35, 35, 128], [40, 80, 215, 128], [0, 0, 0, 0]];

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const FORMS: [colour: PngForm['colour'], depths: PngForm['depth'][]][] = [
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
];

function* pngs(): Generator<[string, Buffer]> {
  const { width, height, at } = readDrawing('drawing');
  const clear = readDrawing('transparent').at;
  for (const [colour, depths] of FORMS) {
    for (const depth of depths) {
      for (const interlaced of [false, true]) {
        const name = `png colour ${colour}, ${depth} bit${interlaced ? ', interlaced' : ''}`;
        const palette = colour === 3 ? CLEAR.slice(0, 2 ** depth) : undefined;
        const draw = colour === 4 || colour === 6 || (colour === 3 && depth >= 4) ? clear : at;
        const form = { colour, depth, interlaced, ...(palette && { palette }) };
        yield [name, pngFile(width, height, draw, form)];
      }
    }
  }
  const rgb = (form: Partial<PngForm>) => pngFile(width, height, at, { colour: 2, depth: 8, ...form });
  for (let i = 1; i <= 8; i++) yield [`png turned ${i}`, rgb({ before: [['eXIf', exifBlock(i)]] })];
  yield ['png turned 6, little-endian', rgb({ before: [['eXIf', exifBlock(6, true)]] })];
  yield ['png with a colour that is clear', rgb({ before: [['tRNS', Buffer.from([0, 248, 0, 248, 0, 248])]] })];
  yield ['png with an empty tRNS', rgb({ before: [['tRNS', new Uint8Array()]] })];
  yield ['png in pieces', rgb({ split: 7 })];
  yield ['png with padded pixels', rgb({ padding: 64 })];
  yield ['png with gamma 1', rgb({ before: [['gAMA', uint32(100_000)]] })];
  yield ['png with gamma 1/2.2', rgb({ before: [['gAMA', uint32(45_455)]] })];
  const swapped = [31_270, 32_900, 30_000, 60_000, 64_000, 33_000, 15_000, 6_000].map(uint32);
  yield [
    'png with primaries of its own',
    rgb({
      before: [
        ['gAMA', uint32(45_455)],
        ['cHRM', Buffer.concat(swapped)],
      ],
    }),
  ];
  yield ['png with a profile', rgb({ before: [['iCCP', pngProfile()]] })];
  yield [
    'png with gamma 1, sRGB',
    rgb({
      before: [
        ['gAMA', uint32(100_000)],
        ['sRGB', Uint8Array.of(0)],
      ],
    }),
  ];
  yield ['png with an unknown end', Buffer.concat([rgb({}), chunk('tEXt', Buffer.from('a\0b')), Buffer.from('end')])];
}

/** Larger than what the page shrinks pictures to: stripes of all widths, and a clear half. */
function* largePngs(): Generator<[string, Buffer]> {
  const sides: [number, number, boolean][] = [
    [3000, 1900, false],
    [2600, 2600, true],
    [1, 5000, false],
    [16_384, 1, false],
  ];
  for (const [width, height, clear] of sides) {
    const png = new PNG({ width, height });
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 4) {
        const stripe = Math.sin((x * x) / width / 6 + y / 9) > 0;
        png.data.set([stripe ? 230 : 20, (x >> 3) & 255, (y >> 3) & 255, clear && x > y ? 0 : 255], at);
      }
    }
    yield [`png ${width} x ${height}${clear ? ', half of it clear' : ''}`, PNG.sync.write(png, { deflateLevel: 1 })];
  }
}

const BMPS: [string, BmpForm][] = [
  ['bmp 1 bit', { bits: 1, palette: PALETTE.slice(0, 2) }],
  ['bmp 4 bit', { bits: 4, palette: PALETTE }],
  ['bmp 8 bit', { bits: 8, palette: PALETTE }],
  ['bmp 8 bit, packed', { bits: 8, palette: PALETTE, packed: true }],
  ['bmp 16 bit', { bits: 16 }],
  ['bmp 16 bit, 5-6-5', { bits: 16, masks: [0xf800, 0x07e0, 0x001f] }],
  ['bmp 24 bit', { bits: 24 }],
  ['bmp 24 bit, from the top', { bits: 24, topDown: true }],
  ['bmp 32 bit', { bits: 32 }],
  ['bmp 32 bit, masks', { bits: 32, masks: [0x0000ff, 0x00ff00, 0xff0000] }],
];

/** A BMP of OS/2 with so many of the 16 colours that its four bits promise. */
export function os2Bmp(colours: number): Buffer {
  const { width, height, at } = readDrawing('drawing');
  const palette = Array.from({ length: colours }, (_, i) => PALETTE[i % PALETTE.length]!);
  return bmpFile(width, height, at, { bits: 4, os2: true, palette });
}

function* jpegs(): Generator<[string, Buffer]> {
  const file = (name: string) => readFileSync(join(FIXTURES, name));
  for (let i = 1; i <= 8; i++) yield [`jpeg turned ${i}`, oriented(file('420.jpg'), i)];
  yield ['jpeg turned 6, little-endian, progressive', oriented(file('444-progressive.jpg'), 6, true)];
  yield ['jpeg turned 5, cmyk', oriented(file('cmyk.jpg'), 5)];
  yield ['jpeg with fill bytes', between(file('420-restart2.jpg'), 0xff, 0xff)];
  yield ['jpeg with fill bytes in the scan', filledScan(file('420-restart2.jpg'))];
  yield ['jpeg without Huffman tables', without(file('422.jpg'), 0xc4)];
  yield ['jpeg that is RGB by its component names', without(file('rgb.jpg'), 0xee)];
  yield ['jpeg with a profile', jpegProfile(file('444.jpg'))];
  yield ['jpeg with bytes after its end', Buffer.concat([file('grey.jpg'), Buffer.from('trailer')])];
}

/** Name → bytes, in a fixed order. */
export function corpus(): ReadonlyMap<string, Buffer> {
  made ??= make();
  return made;
}

let made: ReadonlyMap<string, Buffer> | undefined;

function make(): Map<string, Buffer> {
  const { width, height, at } = readDrawing('drawing');
  const files = readdirSync(FIXTURES).filter((name) => /\.(jpg|png|webp|gif|avif)$/.test(name));
  return new Map([
    ...files.sort().map((name): [string, Buffer] => [name, readFileSync(join(FIXTURES, name))]),
    ...jpegs(),
    ...pngs(),
    ...largePngs(),
    ...BMPS.map(([name, form]): [string, Buffer] => [name, bmpFile(width, height, at, form)]),
  ]);
}
