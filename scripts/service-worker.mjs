/** Vite plugin: the finished build folder → the list of its files with their hashes, written into dist/sw.js. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { ISOLATION, policyOf, SECURITY_POLICY } from './security-policy.mjs';

const PLACEHOLDER = '__APP_FILES__';
/**
 * Model weights are kept by the page's own store; the worker cannot hold itself. The list of those who may embed the page
 * is the site owner's to change after the build, and an old copy of it might let in who was taken off. Licences are read
 * by few, and `_headers`, `CNAME` and the like by the host alone.
 */
const LEFT_OUT = /^(models\/|sw\.js$|embed-origins\.json$|third-party-licences\.txt$|CNAME$|[._])|\.map$/;

/**
 * Every file of the page, in a fixed order, with its hash in subresource-integrity form; and the headers that the service
 * worker adds where a host sends none.
 * @param {string} folder @param {{ isolated?: boolean }} [options] `isolated: false`: pages stay without threads
 */
export async function listFiles(folder, { isolated = true } = {}) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !LEFT_OUT.test(path))
    .sort();
  const files = [];
  for (const url of paths) {
    const digest = createHash('sha256')
      .update(await readFile(join(folder, url)))
      .digest('base64');
    const policy = policyOf(url);
    files.push({ url, integrity: `sha256-${digest}`, ...(policy === SECURITY_POLICY ? {} : { policy }) });
  }
  const list = { isolation: isolated ? ISOLATION : {}, policy: SECURITY_POLICY, files };
  const version = createHash('sha256').update(JSON.stringify(list)).digest('hex').slice(0, 16);
  return { version, ...list };
}

/**
 * Replaces the placeholder of a built service worker. Throws when it is not there exactly once.
 * @param {string} code @param {unknown} list
 */
export function insertFiles(code, list) {
  const parts = code.split(PLACEHOLDER);
  if (parts.length !== 2) throw new Error(`expected ${PLACEHOLDER} once in sw.js, found it ${parts.length - 1} times`);
  return parts.join(JSON.stringify(list));
}

/** @returns {import('vite').Plugin} */
export function serviceWorker() {
  let folder = 'dist';
  let failed = false;
  return {
    name: 'service-worker',
    apply: 'build',
    config: () => ({
      build: {
        rolldownOptions: {
          input: { index: 'index.html', embed: 'embed.html', sw: 'workers/sw.ts' },
          output: {
            // Its address must stay the same for ever, or browsers would never find the next version.
            entryFileNames: (/** @type {{ name: string }} */ { name }) =>
              name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js',
          },
        },
      },
    }),
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    buildEnd(failure) {
      failed = failure !== undefined;
    },
    // After everything is written: files of public/ are copied past the bundler.
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        if (failed) return; // or the missing file would be all that is heard of the failure
        const path = join(folder, 'sw.js');
        const isolated = process.env['ISOLATION'] !== 'off';
        await writeFile(path, insertFiles(await readFile(path, 'utf8'), await listFiles(folder, { isolated })));
      },
    },
  };
}
