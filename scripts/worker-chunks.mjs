/** Vite plugin: workers that the page starts → chunks of the page's own build, so that what both need is bundled once. */
import { basename, resolve } from 'node:path';

/** `new Worker(new URL('…', import.meta.url)`, the form that bundlers know a worker by. */
const START = /\bnew\s+Worker\(\s*new\s+URL\(\s*'(\.[^']+)'\s*,\s*import\.meta\.url\s*\)/g;

/** Vite's function around every `import()`, which links style sheets first. */
const PRELOAD = /^\0vite\/preload-helper\.js$/;
const PRELOAD_START = /(__vitePreload\s*=\s*function\s+preload\(\s*(\w+)[^)]*\)\s*\{)/;

/**
 * Left alone, Vite bundles each worker apart, with a copy of everything that the others and the page hold as well. The dev
 * server bundles nothing and goes without.
 * @returns {import('vite').Plugin}
 */
export function workerChunks() {
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
 * A worker has no document to link anything from, and no window to tell of a failure, so there an `import()` is only that.
 * @returns {import('vite').Plugin}
 */
export function importsInWorkers() {
  return {
    name: 'imports-in-workers',
    apply: 'build',
    transform: {
      filter: { id: PRELOAD },
      handler(code) {
        const parts = code.split(PRELOAD_START);
        if (parts.length !== 4) this.error('The function around import() does not begin as it did.');
        const [before, start, load, after] = parts;
        return `${before}${start} if (typeof document === 'undefined') return ${load}();${after}`;
      },
    },
  };
}
