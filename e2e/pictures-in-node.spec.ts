/** Every encoding of the corpus through the page's decoder and through Node's: the model gets the same picture. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { decodeImage } from '../cli/node-image.ts';
import { corpus } from '../cli/test/corpus.ts';
import type { Preprocessor } from '../contract/manifest.ts';
import { resize, toSquareRgb } from '../image/pixel-values.ts';
import { ROOT } from './package.ts';
import { expect, test } from './test.ts';

/** What happens to a file in the page: it is taken in, then the worker decodes it and makes the model's input. */
const PAGE = `
  import { readImage } from ${JSON.stringify(join(ROOT, 'src/app/images/read.ts'))};
  import { decodeImage } from ${JSON.stringify(join(ROOT, 'runtime/decode-image.ts'))};
  import { resize, toSquareRgb } from ${JSON.stringify(join(ROOT, 'image/pixel-values.ts'))};
  globalThis.modelInput = async (base64, { image_size: size, pad_color, resample }) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const { blob } = await readImage(new Blob([bytes]));
    const { data } = resize(toSquareRgb(await decodeImage(blob), pad_color), size, size, resample);
    return btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(''));
  };`;

async function pageCode(): Promise<string> {
  const id = join(ROOT, 'e2e/page-code.ts');
  const built = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'page-code',
        resolveId: (name) => (name === id ? id : null),
        load: (name) => (name === id ? PAGE : null),
      },
    ],
    build: { write: false, target: 'es2023', lib: { entry: id, formats: ['es'], fileName: 'page' } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (!output || !('output' in output)) throw new Error('the page was not built');
  return output.output[0].code;
}

declare global {
  var modelInput: (base64: string, processor: Preprocessor) => Promise<string>;
}

/** What the model gets of a picture in Node, three bytes a pixel. */
async function modelInput(bytes: Uint8Array, { image_size, pad_color, resample }: Preprocessor): Promise<Uint8Array> {
  return resize(toSquareRgb(await decodeImage(bytes), pad_color), image_size, image_size, resample).data;
}

/** Mean difference in levels of 0 to 255. */
function difference(one: Uint8Array, other: Uint8Array): number {
  const sum = one.reduce((total, value, i) => total + Math.abs(value - other[i]!), 0);
  return Number((sum / one.length).toFixed(2));
}

test('the model gets the same picture from the page and from Node, within two levels', async ({ page, baseURL }) => {
  const { processor } = JSON.parse(await readFile(join(ROOT, 'public/models/mipha-nano/manifest.json'), 'utf8')) as {
    processor: Preprocessor;
  };
  const code = await pageCode();
  const [blank, script] = ['blank.html', 'page-code.js'].map((name) => new URL(name, baseURL).href);
  await page.route(blank!, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<script type="module" src="${script}"></script>` }),
  );
  await page.route(script!, (route) => route.fulfill({ contentType: 'text/javascript', body: code }));
  await page.goto(blank!);
  await page.waitForFunction('globalThis.modelInput');
  const differences: [string, number][] = [];
  for (const [name, bytes] of corpus()) {
    const asked = { base64: bytes.toString('base64'), processor };
    const shown = await page.evaluate(({ base64, processor }) => globalThis.modelInput(base64, processor), asked);
    const pixels = Buffer.from(shown, 'base64');
    expect(pixels.length, name).toBe(3 * 192 * 192);
    differences.push([name, difference(pixels, await modelInput(bytes, processor))]);
  }
  expect(differences.length).toBeGreaterThan(120);
  expect(differences.filter(([, mean]) => !(mean <= 2))).toEqual([]);
});
