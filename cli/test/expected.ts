/** The name of a picture of the corpus → what it should look like, and how far off its pixels are. */
import type { RgbaImage } from '../../image/pixel-values.ts';
import { type Draw, luma, readDrawing, type Rgba } from './drawing.ts';

/** The stored pixel that an EXIF orientation puts at (x, y) of the upright picture. */
function stored(orientation: number, x: number, y: number, right: number, bottom: number): [number, number] {
  const [across, down] = orientation >= 5 ? [y, x] : [x, y];
  const mirrored = [2, 3, 7, 8].includes(orientation);
  const flipped = [3, 4, 6, 7].includes(orientation);
  return [mirrored ? right - across : across, flipped ? bottom - down : down];
}

export interface Expected {
  width: number;
  height: number;
  at: Draw;
}

const plain = readDrawing('drawing');
const clear = readDrawing('transparent');
const { width, height } = plain;

function turned(orientation: number): Expected {
  const [across, down] = orientation >= 5 ? [height, width] : [width, height];
  return { width: across, height: down, at: (x, y) => plain.at(...stored(orientation, x, y, width - 1, height - 1)) };
}

const changed = (change: (colour: Rgba) => number[], from = plain): Expected => ({
  width,
  height,
  at: (x, y) => [...change(from.at(x, y)), 255].slice(0, 4) as Rgba,
});
/** Where the drawing's ground is the colour that shows white. */
const clearGround = changed(([r, g, b]) => (r === 248 && g === 248 && b === 248 ? [255, 255, 255] : [r, g, b]));
const grey = changed((colour) => [luma(colour), luma(colour), luma(colour)]);
const ground = ([r, g, b, a]: Rgba): number[] => [r, g, b].map((value) => (value * a) / 255 + 255 - a);
const onWhite = changed(ground, clear);
const greyOnWhite = changed(([r, g, b, a]) => ground([...[0, 0, 0].fill(luma([r, g, b, a])), a] as Rgba), clear);

/** What the corpus should look like, by name, and how far off a mean pixel may be (of 255): lossy, few colours, few bits. */
export const EXPECTED: [name: RegExp, expected: Expected, mean: number][] = [
  [/^grey.*\.jpg$|jpeg with bytes/, grey, 7],
  [/jpeg turned 6, little/, turned(6), 7],
  [/jpeg turned 5, cmyk/, turned(5), 7],
  ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((i): [RegExp, Expected, number][] => [
    [new RegExp(`jpeg turned ${i}$`), turned(i), 7],
    [new RegExp(`png turned ${i}`), turned(i), 0],
    [new RegExp(`^turned${i}\\.avif$`), turned(i), 4],
  ]),
  [/^jpeg (with fill|without|that)/, plain, 7],
  [/^(4..|rgb|cmyk|ycck).*\.jpg$/, plain, 7],
  [/^(animated|lossy|exif6)\.webp$|^4..\.avif$/, plain, 7],
  [/^alpha\./, onWhite, 7],
  [/^transparent\.png$|colour 6/, onWhite, 0.5],
  [/^(lossless\.webp|drawing\.png|animated\.png|hidden-first\.png)$/, plain, 0],
  [/^(palette|interlaced|animated)\.gif$/, plain, 5],
  [/png with a colour that/, clearGround, 0],
  [/colour 2|png (with an|in pieces|with padded)|sRGB/, plain, 0],
  [/colour 4/, greyOnWhite, 1],
  [/colour 0, (4|8|16)/, grey, 6],
  [/^bmp (24|32)/, plain, 0],
  [/^bmp 16/, plain, 5],
  [/^bmp [48]/, plain, 12],
];

/** Mean difference of a colour value, of 255; infinite for another size. */
export function difference(image: RgbaImage, expected: Expected): number {
  if (image.width !== expected.width || image.height !== expected.height) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let y = 0, i = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++, i += 4) {
      const wanted = expected.at(x, y);
      for (let c = 0; c < 3; c++) sum += Math.abs(wanted[c]! - image.data[i + c]!);
    }
  }
  return sum / (image.width * image.height * 3);
}
