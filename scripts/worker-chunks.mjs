/** Vite plugins: workers that the page starts → chunks of the page's own build, so that what both need is bundled once. */
import { basename, resolve } from 'node:path';

/** `new Worker(new URL('./…', import.meta.url)`, the form that bundlers know a worker by. */
const START = /\bnew\s+Worker\(\s*new\s+URL\(\s*'(\.[^']+)'\s*,\s*import\.meta\.url\s*\)/g;

/** The beginning of Vite's function around every `import()`; it links style sheets before. Its first argument imports. */
const PRELOAD = /\bfunction\s+preload\(\s*(\w+)[^)]*\)\s*\{/;

/**
 * Left alone, Vite bundles each worker apart, with a copy of everything that the others and the page hold as well. The dev
 * server bundles nothing and goes without.
 * @returns {import('vite').Plugin}
 */
function emitWorkers() {
  return {
    name: 'worker-chunks',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { code: START },
      handler(code, id) {
        return code.replaceAll(START, (_, /** @type {string} */ path) => {
          const name = basename(path).replace(/\.\w+$/, '');
          const chunk = this.emitFile({ type: 'chunk', id: resolve(id, '..', path), name });
          return `new Worker(new URL(import.meta.ROLLUP_FILE_URL_${chunk})`;
        });
      },
    },
  };
}

/**
 * A worker has no document to link anything in, and no window to tell of a failure: there an `import()` is only that.
 * @returns {import('vite').Plugin}
 */
function importPlainly() {
  return {
    name: 'imports-in-workers',
    apply: 'build',
    transform: {
      filter: { id: /^\0vite\/preload-helper\.js$/ },
      handler(code) {
        if (!PRELOAD.test(code))
          this.error('Vite wraps import() in another way than before; a worker may fail by that.');
        return code.replace(PRELOAD, (start, /** @type {string} */ load) => {
          return `${start} if (typeof document === 'undefined') return ${load}();`;
        });
      },
    },
  };
}

/** @returns {import('vite').Plugin[]} */
export const workerChunks = () => [emitWorkers(), importPlainly()];
