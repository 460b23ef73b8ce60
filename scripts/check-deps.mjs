/** Checks the import statements of every source file against a table of who may import whom. */
import { existsSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Each layer (a folder; the longest match wins) and what it may import: layers, single files, `node:`, packages.
 * A layer may always import itself. An entry that nothing uses is reported as stale.
 * @type {Record<string, string[]>}
 */
export const LAYERS = {
  'contract/': [],
  'files/': ['contract/'],
  'files/node/': ['contract/', 'files/', 'node:'],
  'files/opfs/': ['contract/', 'files/'],
  'files/http/': ['contract/', 'files/'],
  'files/hub/': ['contract/', 'files/', 'files/http/'],
  'image/': ['contract/'],
  'engine/': ['contract/', 'files/', 'image/', '@huggingface/tokenizers'],
  'store/': ['contract/', 'files/', 'files/http/', 'idb-keyval'],
  'runtime/': ['contract/', 'image/', 'engine/', 'onnxruntime-web'],
  'hub/': [
    'contract/',
    'files/',
    'files/http/',
    'files/hub/',
    'image/',
    'engine/',
    'store/',
    'runtime/ort.ts',
    'runtime/decode-image.ts',
    'runtime/events.ts',
    '@huggingface/transformers',
  ],
  'workers/': [
    'contract/',
    'files/',
    'files/http/',
    'files/hub/',
    'engine/',
    'store/',
    'runtime/',
    'hub/',
    'comlink',
    'idb-keyval',
  ],
  'src/': ['contract/', 'src/app/', 'src/app/backends/', 'src/backends/', 'react', 'react-dom'],
  'src/backends/': ['contract/', 'image/', 'comlink'],
  'src/interaction/': ['contract/', 'image/'],
  'src/library/completions/': ['contract/'],
  'src/library/': ['contract/', 'src/backends/', 'src/interaction/', 'src/library/completions/'],
  'src/library/ai-sdk/': ['contract/', 'src/library/completions/', 'src/library/', '@ai-sdk/provider'],
  'src/library/frame/': ['contract/', 'src/backends/', 'src/library/completions/', 'src/library/'],
  'src/app/': ['contract/', 'image/', 'runtime/decode-image.ts', 'src/interaction/', 'react', 'idb-keyval', 'marked'],
  'src/app/backends/': ['contract/', 'src/app/', 'src/backends/choose.ts', 'src/backends/catalogue.ts', 'react'],
  'builder/': ['contract/', 'files/', 'engine/', '@bufbuild/protobuf'],
  'cli/': [
    'contract/',
    'files/node/',
    'files/http/',
    'files/hub/',
    'image/',
    'engine/',
    'runtime/ort.ts',
    'runtime/fallback-order.ts',
    'builder/',
    'node:',
    'canvaskit-wasm',
    '@jsquash/avif',
    'tsx',
    '@commander-js/extra-typings',
    'src/library/completions/',
  ],
  'bench/': [
    'contract/',
    'files/node/',
    'builder/',
    'cli/',
    'src/backends/',
    'scripts/',
    'bench/compare/page/',
    'node:',
    '@playwright/test',
    'vite',
  ],
  'bench/compare/page/': [
    'contract/',
    'workers/',
    'engine/',
    'comlink',
    'onnxruntime-web',
    '@huggingface/transformers',
    '@wllama/wllama',
  ],
  'faults/': [
    'contract/',
    'files/',
    'files/http/',
    'image/',
    'engine/',
    'store/',
    'runtime/decode-image.ts',
    'src/app/',
    'src/backends/',
    'src/interaction/',
    'src/library/completions/',
    'cli/',
    'e2e/hooks.ts',
    'scripts/',
    'node:',
    '@playwright/test',
    'vite',
  ],
  'e2e/': [
    'contract/',
    'image/',
    'cli/',
    'e2e/build/',
    'scripts/',
    'node:',
    '@playwright/test',
    '@axe-core/playwright',
    'puppeteer-core',
    'vite',
  ],
  'e2e/build/': [
    'contract/',
    'files/',
    'files/opfs/',
    'files/http/',
    'builder/',
    'runtime/ort.ts',
    'workers/trusted-scripts.ts',
    'comlink',
  ],
  'scripts/': ['node:', '@playwright/test', 'vite'],
};

/** Packages that exactly these files may import, tests or not. @type {Record<string, string[]>} */
export const SOLE_IMPORTERS = {
  'onnxruntime-web': [
    'runtime/ort.ts',
    'builder/test/peer.ts',
    'bench/compare/page/bare.worker.ts',
    'bench/compare/page/peer.worker.ts',
  ],
  '@huggingface/tokenizers': ['engine/preprocessor/tokenizer.ts'],
};

/** What tests may import beside every layer. */
const FOR_TESTS = [
  'node:',
  'vitest',
  'fast-check',
  'react-dom',
  'fake-indexeddb',
  'pngjs',
  'jpeg-js',
  '@bufbuild/protobuf',
  'openai',
  'ai',
  'ajv',
  'ajv-formats',
  'zod',
  '@huggingface/transformers',
];

const IMPORT = /(?:^|[;}\s])(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(,])\/\/[^\n]*/g;

/** @param {string} specifier */
function packageName(specifier) {
  if (specifier.startsWith('node:')) return 'node:';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** All module specifiers a source text imports. @param {string} source */
export function importsOf(source) {
  return [...source.replace(COMMENT, '').matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '');
}

/**
 * The violations in `files` and the table entries that no import uses, as lines of text.
 * @param {{ path: string, source: string }[]} files paths relative to the repository, forward slashes
 * @param {Record<string, string[]>} layers
 */
export function check(files, layers = LAYERS) {
  const names = Object.keys(layers);
  const layerOf = (/** @type {string} */ path) =>
    names.filter((name) => path.startsWith(name)).sort((a, b) => b.length - a.length)[0];
  /** @type {string[]} */
  const problems = [];
  const used = new Set();
  for (const { path, source } of files) {
    const layer = layerOf(path);
    if (layer === undefined) continue;
    const isTest = /\.test\.tsx?$|\/test\//.test(path);
    for (const specifier of importsOf(source)) {
      const local = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
      const target = local === null ? packageName(specifier) : (layerOf(local) ?? local);
      if (target === layer) continue;
      const entry = layers[layer]?.find((allowed) => allowed === target || allowed === local);
      const sole = SOLE_IMPORTERS[target];
      if (entry !== undefined && (sole === undefined || sole.includes(path))) used.add(`${layer} ${entry}`);
      else if (!isTest || !(local !== null || (sole ?? FOR_TESTS).includes(sole ? path : target)))
        problems.push(`${path}: may not import ${specifier}${sole ? ` (only ${sole.join(', ')} may)` : ''}`);
    }
  }
  for (const [layer, targets] of Object.entries(layers)) {
    if (!files.some(({ path }) => layerOf(path) === layer)) problems.push(`stale layer: ${layer} has no files`);
    for (const target of targets)
      if (!used.has(`${layer} ${target}`)) problems.push(`stale entry: ${layer} does not import ${target}`);
  }
  return problems;
}

/** Source files that git tracks or would track; this check's own test quotes imports and is left out. @param {string} root */
function sources(root) {
  const args = ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'];
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const listed = stdout.split('\n').filter((path) => path !== '' && path !== 'scripts/check-deps.test.ts');
  // A file that was deleted and not yet committed is still listed.
  const paths = listed.filter((path) => existsSync(join(root, path)));
  return paths.map((path) => ({ path, source: readFileSync(join(root, path), 'utf8') }));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const problems = check(sources(dirname(import.meta.dirname)));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
