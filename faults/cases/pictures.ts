/** Group P: odd picture files, in Node and in the page: each comes out with the right pixels, or is refused by name. */
import { decodeImage } from '../../cli/node-image.ts';
import { corpus, os2Bmp } from '../../cli/test/corpus.ts';
import { difference, EXPECTED } from '../../cli/test/expected.ts';
import { between } from '../../cli/test/jpeg.ts';
import type { RgbaImage } from '../../image/pixel-values.ts';
import { holds, type NodeCase, type PageCase, type PartState } from '../part-case.ts';

interface OddFile {
  id: string;
  title: string;
  file: () => Buffer;
  /** @default 'right': then the pixels are looked at, as those of the corpus of this name */
  state?: PartState;
  looks?: string;
  /** The reason in the page. Node and the page have words of their own. */
  reason?: string;
}

const named = (name: string): Buffer => {
  const bytes = corpus().get(name);
  if (!bytes) throw new Error(`the corpus has no ${name}`);
  return Buffer.from(bytes);
};

const odd = (id: string, name: string): OddFile => ({ id, title: name, file: () => named(name), looks: name });

/** A PNG whose header promises this size. */
function promising(width: number, height: number): Buffer {
  const bytes = named('drawing.png');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length / 2);
const brand = (name: string): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${name}`), Buffer.alloc(16)]);

const FILES: OddFile[] = [
  odd('P01-adobe-rgb', 'rgb.jpg'),
  odd('P01-rgb-names', 'jpeg that is RGB by its component names'),
  odd('P01-cmyk', 'cmyk.jpg'),
  odd('P01-ycck', 'ycck.jpg'),
  odd('P02-grey-restart', 'grey-restart7.jpg'),
  odd('P02-progressive-restart', '420-progressive-restart7.jpg'),
  odd('P02-cmyk-restart', 'cmyk-progressive-restart7.jpg'),
  odd('P02-fill', 'jpeg with fill bytes'),
  odd('P02-no-tables', 'jpeg without Huffman tables'),
  odd('P02-trailer', 'jpeg with bytes after its end'),
  odd('P03-png-turned', 'png turned 6'),
  odd('P03-jpeg-turned', 'jpeg turned 5'),
  odd('P03-avif-turned', 'turned8.avif'),
  odd('P03-webp-exif', 'exif6.webp'),
  odd('P04-padded', 'png with padded pixels'),
  odd('P04-empty-trns', 'png with an empty tRNS'),
  odd('P04-hidden-first', 'hidden-first.png'),
  {
    id: 'P05-stray',
    title: 'JPEG with stray bytes between its segments',
    file: () => between(named('420.jpg'), 1, 2, 3),
    looks: '420.jpg',
  },
  { id: 'P05-os2', title: 'BMP of OS/2', file: () => os2Bmp(16), looks: 'bmp 4 bit' },
  odd('P06-clear-webp', 'alpha.webp'),
  odd('P06-clear-png', 'transparent.png'),
  {
    id: 'P10-torn-png',
    title: 'half a PNG',
    file: () => half(named('drawing.png')),
    state: 'image-broken',
    reason: 'unreadable',
  },
  {
    id: 'P10-torn-jpeg',
    title: 'half a JPEG',
    file: () => half(named('420.jpg')),
    state: 'image-broken',
    reason: 'damaged',
  },
  {
    id: 'P10-empty',
    title: 'a file of no bytes',
    file: () => Buffer.alloc(0),
    state: 'image-broken',
    reason: 'emptyFile',
  },
  {
    id: 'P11-huge',
    title: 'a header that promises 3600 megapixels',
    file: () => promising(60_000, 60_000),
    state: 'image-too-large',
    reason: 'tooManyPixels',
  },
  { id: 'P12-heic', title: 'HEIC', file: () => brand('heic'), state: 'image-unsupported', reason: 'heic' },
  { id: 'P12-video', title: 'a video', file: () => brand('isom'), state: 'image-unsupported', reason: 'video' },
  {
    id: 'P12-pdf',
    title: 'a PDF',
    file: () => Buffer.from('%PDF-1.7\n%%EOF'),
    state: 'image-unsupported',
    reason: 'pdf',
  },
  {
    id: 'P12-svg',
    title: 'an SVG',
    file: () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    state: 'image-unsupported',
    reason: 'svg',
  },
  {
    id: 'P12-text',
    title: 'words',
    file: () => Buffer.from('BMW is a car. '.repeat(9)),
    state: 'image-unsupported',
    reason: 'notAnImage',
  },
  {
    id: 'P13-jxl',
    title: 'JPEG XL',
    file: () => Buffer.from('\xff\x0a123456789012345', 'latin1'),
    state: 'image-unsupported',
    reason: 'cannotOpen',
  },
];

/** Levels of 255 that the page may be further off: it writes some kinds anew. */
const REDRAWN = 2;

function looksRight(image: RgbaImage, name: string, more = 0): void {
  const [, expected, mean = 0] = EXPECTED.find(([pattern]) => pattern.test(name)) ?? [];
  if (!expected) throw new Error(`nobody says what ${name} looks like`);
  const off = difference(image, expected);
  holds(off <= mean + more, `${off.toFixed(1)} levels off, ${image.width} x ${image.height}`);
}

export const PICTURES_IN_NODE: NodeCase[] = FILES.map(({ id, title, file, state = 'right', looks = '' }) => ({
  id: `${id}-node`,
  title: `${title}, on the command line`,
  state,
  async run() {
    looksRight(await decodeImage(file()), looks);
  },
}));

export const PICTURES_IN_PAGE: PageCase[] = FILES.map(({ id, title, file, state = 'right', looks = '', reason }) => ({
  id: `${id}-page`,
  title: `${title}, in the page`,
  state,
  ...(reason !== undefined && { because: { reason } }),
  async run(parts) {
    looksRight(await parts.decode(file()), looks, REDRAWN);
  },
}));
