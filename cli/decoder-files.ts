/** Where Node finds what decodes pictures: sources and packages. The packed command brings its own instead. */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const { resolve } = createRequire(import.meta.url);

/** Paths of the WebAssembly files. */
export const DECODER_FILES = {
  skia: resolve('canvaskit-wasm/bin/canvaskit.wasm'),
  avif: resolve('@jsquash/avif/codec/dec/avif_dec.wasm'),
};

/** Starts the thread that decodes. */
export function startDecoderThread(): Worker {
  return new Worker(new URL('./decoder.start.mjs', import.meta.url), { execArgv: [] });
}
