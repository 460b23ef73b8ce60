/** Where Node finds what decodes pictures: sources and packages. The packed command brings its own instead. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const { resolve } = createRequire(import.meta.url);

/** Paths of the WebAssembly files. */
export const DECODER_FILES = {
  skia: resolve('canvaskit-wasm/bin/canvaskit.wasm'),
  avif: resolve('@jsquash/avif/codec/dec/avif_dec.wasm'),
};

/** Starts the thread that decodes. It has to learn TypeScript itself: threads of Node 20 do not inherit loaders. */
export function startDecoderThread(): Worker {
  const loader = JSON.stringify(pathToFileURL(resolve('tsx/esm/api')));
  const source = JSON.stringify(new URL('./decoder.thread.ts', import.meta.url));
  const code = `import(${loader}).then(({ register }) => { register(); return import(${source}); })`;
  return new Worker(code, { eval: true, execArgv: [] });
}
