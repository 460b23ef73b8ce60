/** The same places in the package, for `bin/mipha-web.js`: what a page is served from `runtime/` also runs in Node. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const runtime = new URL('../runtime/', import.meta.url);

export const DEFAULT_MODEL = join(import.meta.dirname, '../runtime/models/mipha-nano');
export const ORT_GLUE = new URL('ort-wasm-simd-threaded.mjs', runtime).href;

/** What the thread in `decoder/` reads and what starts it; both it and the command lie one folder below the package. */
const decoder = new URL('../decoder/', import.meta.url);
export const DECODER_FILES = {
  skia: fileURLToPath(new URL('canvaskit.wasm', decoder)),
  avif: fileURLToPath(new URL('avif_dec.wasm', decoder)),
};
export const startDecoderThread = (): Worker => new Worker(new URL('decoder.js', decoder));
