/** The same places in the package, for `bin/mipha-web.js`: what a page is served from `runtime/` also runs in Node. */
import { join } from 'node:path';

const runtime = new URL('../runtime/', import.meta.url);

export const DEFAULT_MODEL = join(import.meta.dirname, '../runtime/models/mipha-nano');
export const ORT_GLUE = new URL('ort-wasm-simd-threaded.mjs', runtime).href;
