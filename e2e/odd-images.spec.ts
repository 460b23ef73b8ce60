/** Odd but valid images on the real page: what Chromium shows is read, transparent ground is white, long screenshots fit. */
import { deflateSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { answers, ask, bring, choose, draftPicture, expectState, open } from './assistant.ts';
import { expect, test } from './test.ts';

const notice = (page: Page) => page.getByRole('alert');
const thumbnail = (page: Page) => page.getByRole('listitem').locator('img.thumbnail');

/** What the last thumbnail shows: its sides and some of its pixels, by their place from 0 to 1. */
async function shown(page: Page, ...places: [x: number, y: number][]) {
  return thumbnail(page)
    .last()
    .evaluate(async (img: HTMLImageElement, places) => {
      await img.decode();
      const { naturalWidth: width, naturalHeight: height } = img;
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.drawImage(img, 0, 0);
      const at = (share: number, length: number) => Math.min(length - 1, Math.floor(share * length));
      return {
        size: [width, height],
        pixels: places.map(([x, y]) => [...context.getImageData(at(x, width), at(y, height), 1, 1).data]),
      };
    }, places);
}

/** Something drawn by the page, encoded by the browser. `draw` is the body of a function of `context`. */
async function drawn(page: Page, width: number, height: number, draw: string, type = 'image/png'): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ({ width, height, draw, type }) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      const steps = JSON.parse(draw) as [colour: string, x: number, y: number, width: number, height: number][];
      for (const [colour, ...box] of steps) {
        context.fillStyle = colour;
        context.fillRect(...box);
      }
      const blob = await canvas.convertToBlob({ type, quality: 0.9 });
      const reader = new FileReader();
      await new Promise((done) => {
        reader.addEventListener('load', done);
        reader.readAsDataURL(blob);
      });
      return (reader.result as string).split(',')[1];
    },
    { width, height, draw, type },
  );
  return Buffer.from(base64 ?? '', 'base64');
}

const boxes = (...steps: [colour: string, x: number, y: number, width: number, height: number][]) =>
  JSON.stringify(steps);

/** A GIF of 2600 × 2600 of which one red block of 8 × 8 in the middle is drawn; the rest is transparent. */
function largeGif(): Buffer {
  const side = [2600 & 255, 2600 >> 8];
  const middle = [1296 & 255, 1296 >> 8];
  // Codes of 3 bits with a clear code before every other one, so that none ever grows: 4 (clear), 1 (red), … 5 (end).
  const codes = [...Array.from({ length: 64 }, () => [4, 1]).flat(), 5];
  const bits = codes.map((code) => code.toString(2).padStart(3, '0').split('').reverse().join('')).join('');
  const data = bits.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.split('').reverse().join(''), 2)) ?? [];
  return Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from([...side, ...side, 0x80, 0, 0]),
    Buffer.from([0, 0, 0, 255, 0, 0]), // the two colours
    Buffer.from([0x21, 0xf9, 4, 1, 0, 0, 0, 0]), // the first of them is transparent
    Buffer.from([0x2c, ...middle, ...middle, 8, 0, 8, 0, 0]),
    Buffer.from([2, data.length, ...data, 0, 0x3b]),
  ]);
}

/** A bitmap of OS/2: a header of 12 bytes, three bytes a pixel; the left half red, the right half blue. */
function os2Bitmap(width: number, height: number): Buffer {
  const row = Buffer.alloc(Math.ceil((width * 3) / 4) * 4);
  for (let x = 0; x < width; x++) row.set(x < width / 2 ? [0, 0, 255] : [255, 0, 0], x * 3);
  const header = Buffer.alloc(26);
  header.write('BM');
  header.writeUInt32LE(26 + row.length * height, 2);
  header.writeUInt32LE(26, 10);
  header.writeUInt32LE(12, 14);
  for (const [i, value] of [width, height, 1, 24].entries()) header.writeUInt16LE(value, 18 + i * 2);
  return Buffer.concat([header, ...Array.from({ length: height }, () => row)]);
}

/** A grey PNG whose last chunk is missing, as after a download that lost its end. */
function endlessPng(side: number): Buffer {
  const rows = Buffer.alloc((side + 1) * side, 0x80);
  for (let y = 0; y < side; y++) rows[y * (side + 1)] = 0;
  const chunk = (type: string, content: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(Buffer.concat([Buffer.from(type), content])));
    return Buffer.concat([length, Buffer.from(type), content, sum]);
  };
  const header = Buffer.from([0, 0, side >> 8, side & 255, 0, 0, side >> 8, side & 255, 8, 0, 0, 0, 0]);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows))]);
}

function crc32(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

test('stray bytes between the segments of a JPEG, and a bitmap of OS/2, are no reason to refuse', async ({ page }) => {
  await page.goto('./');
  const jpeg = await drawn(page, 90, 60, boxes(['#d02020', 0, 0, 90, 60]), 'image/jpeg');
  const second = 4 + jpeg.readUInt16BE(4);
  const dirty = Buffer.concat([
    jpeg.subarray(0, second),
    Buffer.from('stray\xff\0bytes', 'latin1'),
    jpeg.subarray(second),
  ]);
  await choose(page, dirty, 'scan.jpg', 'image/jpeg');
  await expect(thumbnail(page)).toHaveCount(1);
  const red = await shown(page, [0.5, 0.5]);
  expect(red.size).toEqual([90, 60]);
  expect(red.pixels[0]?.[0]).toBeGreaterThan(180);

  await choose(page, os2Bitmap(127, 64), 'warp.bmp', 'image/bmp');
  await expect(thumbnail(page)).toHaveCount(2);
  expect(await shown(page, [0.25, 0.5], [0.75, 0.5])).toEqual({
    size: [127, 64],
    pixels: [
      [255, 0, 0, 255],
      [0, 0, 255, 255],
    ],
  });
  await expect(notice(page)).toBeEmpty();
});

test('what only an image element reads is taken from there; what nothing reads is not called damaged alone', async ({
  page,
}) => {
  await page.goto('./');
  const endless = endlessPng(64);
  const refused = await page.evaluate(
    (data) =>
      createImageBitmap(new Blob([Uint8Array.from(data)], { type: 'image/png' })).then(
        () => false,
        () => true,
      ),
    [...endless],
  );
  expect(refused, 'createImageBitmap refuses it, or this test shows nothing').toBe(true);
  await choose(page, endless);
  await expect(thumbnail(page)).toHaveCount(1);
  expect(await shown(page, [0, 0], [0.99, 0.99])).toEqual({
    size: [64, 64],
    pixels: [
      [128, 128, 128, 255],
      [128, 128, 128, 255],
    ],
  });
  // A part of the pixels is not the image.
  await choose(page, endless.subarray(0, endless.length - 40));
  await expect(notice(page)).toContainText('unusual kind that this browser cannot read');

  // An element takes this one for an image and shows nothing.
  const blank = largeGif();
  blank[13 + 6 + 8 + 10] = 11; // the size of its codes
  await choose(page, blank, 'blank.gif', 'image/gif');
  await expect(notice(page)).toContainText('unusual kind that this browser cannot read');

  const photo = await drawn(page, 40, 40, boxes(['#fff', 0, 0, 40, 40]), 'image/jpeg');
  photo[photo.indexOf(Buffer.from([0xff, 0xc0])) + 1] = 0xc3;
  await choose(page, photo, 'xray.jpg', 'image/jpeg');
  await expect(notice(page)).toContainText('cannot open this kind of picture');
  await expect(thumbnail(page)).toHaveCount(1);
});

test('transparent ground is white: on adding a large GIF, in a part of a large PNG, in what the model sees', async ({
  page,
}) => {
  await open(page);
  await choose(page, largeGif(), 'large.gif', 'image/gif');
  await expect(thumbnail(page)).toHaveCount(1);
  const gif = await shown(page, [0, 0], [0.5, 0.5]);
  expect(gif.size).toEqual([2600, 2600]);
  expect(gif.pixels[0]).toEqual([255, 255, 255, 255]);
  expect(gif.pixels[1]?.[0]).toBeGreaterThan(200);
  expect(gif.pixels[1]?.[1]).toBeLessThan(90);

  await draftPicture(page).click();
  await choose(page, await drawn(page, 2600, 2600, boxes(['#e02020', 1000, 1000, 600, 600])));
  await page.getByRole('button', { name: 'Look closer' }).click();
  await page.getByRole('button', { name: 'What the model sees' }).click();
  const view = page.locator('canvas.model-view');
  const pixelOf = (x: number, y: number) =>
    view.evaluate(
      (canvas: HTMLCanvasElement, { x, y }) => [
        ...(canvas.getContext('2d')?.getImageData(x * canvas.width, y * canvas.height, 1, 1).data ?? []),
      ],
      { x, y },
    );
  await expect.poll(() => pixelOf(0.02, 0.02)).toEqual([255, 255, 255, 255]);
  expect((await pixelOf(0.5, 0.5)).slice(0, 3)).toEqual([0xe0, 0x20, 0x20]);

  await page.getByRole('button', { name: 'Ask about a part' }).click();
  for (const [name, value] of [
    ['Left edge', '0'],
    ['Top edge', '0'],
    ['Width', '1'],
    ['Height', '1'],
  ] as const)
    await page.getByRole('slider', { name }).fill(value);
  await page.getByRole('button', { name: 'Add this part' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const part = await shown(page, [0, 0]);
  expect(part.size).toEqual([2600, 2600]);
  expect(part.pixels[0]).toEqual([255, 255, 255, 255]);
});

test('a model that crops is shown the middle square, and so is the person', async ({ page }) => {
  // The self-test's own images are square, which a crop leaves as they are.
  await page.route('**/manifest.json', async (route) => {
    const response = await route.fetch();
    const manifest = (await response.json()) as { processor: object };
    manifest.processor = { ...manifest.processor, crop: true, pad_color: null };
    await route.fulfill({ response, json: manifest });
  });
  await open(page);
  const stripes = boxes(['#20c020', 0, 0, 600, 200], ['#2020e0', 200, 0, 200, 200]);
  await choose(page, await drawn(page, 600, 200, stripes));
  await page.getByRole('button', { name: 'Look closer' }).click();
  await page.getByRole('button', { name: 'What the model sees' }).click();
  await expect(page.getByText('The middle square of every picture')).toBeVisible();
  const corners = () =>
    page.locator('canvas.model-view').evaluate((canvas: HTMLCanvasElement) => {
      const last = canvas.width - 2;
      const at = (x: number, y: number) => [...(canvas.getContext('2d')?.getImageData(x, y, 1, 1).data ?? [])];
      return [at(2, 2), at(last - 2, 2), at(2, last - 2), at(last - 2, last - 2)];
    });
  await expect.poll(corners).toEqual(Array(4).fill([0x20, 0x20, 0xe0, 255]));
});

for (const type of ['image/png', 'image/jpeg'])
  test(`a screenshot of 1080 × 30,000 pixels is read and answered, and its length is said (${type})`, async ({
    page,
  }) => {
    await open(page);
    // Lines of one pixel: shrunk without care they would turn black, white or into waves.
    const lines: [string, number, number, number, number][] = [['#fff', 0, 0, 1080, 30_000]];
    for (let y = 0; y < 30_000; y += 2) lines.push(['#000', 0, y, 1080, 1]);
    await bring(page, 'drop', await drawn(page, 1080, 30_000, boxes(...lines), type), 'page', type);
    await expect(page.getByRole('img', { name: /1,080 × 30,000/ })).toBeVisible();
    await expect(page.getByText('This picture is very long')).toBeVisible();
    await expect(notice(page)).toBeEmpty();

    await page.getByRole('button', { name: 'Look closer' }).click();
    await page.getByRole('button', { name: 'What the model sees' }).click();
    const strip = () =>
      page.locator('canvas.model-view').evaluate((canvas: HTMLCanvasElement) => {
        const { width, height } = canvas;
        const data = canvas.getContext('2d')?.getImageData(width / 2, 0, 1, height).data ?? [];
        const greys = Array.from({ length: height }, (_, y) => data[y * 4] ?? 0).slice(3, -3);
        return { darkest: Math.min(...greys), lightest: Math.max(...greys) };
      });
    await expect.poll(async () => (await strip()).darkest).toBeGreaterThan(110);
    expect((await strip()).lightest).toBeLessThan(146);
    await page.keyboard.press('Escape');
    await expectState(await ask(page, 'What colour is the background?'), 'done');
    await expect(answers(page)).toHaveCount(1);
  });
