/** Builds the package that others install: entries without React, the runtime folder that sites serve, the command. */
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { licences } from './scripts/licences.mjs';

const OUT = 'dist-lib';

/** What can be imported, by the name under the package's. */
const ENTRIES = {
  index: 'src/library/index.ts',
  element: 'src/library/define-element.ts',
  'ai-sdk': 'src/library/ai-sdk/language-model.ts',
  'prompt-api': 'src/library/prompt-api/index.ts',
  frame: 'src/library/frame/client.ts',
};

const shared: UserConfig = {
  // Addresses relative to the file that asks, wherever the folder is served.
  base: './',
  publicDir: false,
  logLevel: 'warn',
};

const library: UserConfig = {
  ...shared,
  plugins: [licences()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2023',
    // Whoever bundles it minifies it; until then a person can read it.
    minify: false,
    lib: { entry: ENTRIES, formats: ['es'] },
    rolldownOptions: {
      // All in one folder: the runtime is looked for beside the file that runs.
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
};

const runtime: UserConfig = {
  ...shared,
  plugins: [licences()],
  build: {
    outDir: `${OUT}/runtime`,
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 1024,
    rolldownOptions: {
      input: { 'inference.worker': 'workers/inference.worker.ts' },
      preserveEntrySignatures: false,
      // The two halves of ONNX Runtime find each other by name.
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', assetFileNames: '[name][extname]' },
    },
  },
};

/** Sources that name places in the repository; the command in the package has those of the package. */
const PLACES = ['runtime/node-files.ts', 'cli/default-model.ts', 'cli/decoder-files.ts'];

const placesOfThePackage: Plugin = {
  name: 'places-of-the-package',
  load: (id) => (PLACES.some((path) => id.endsWith(path)) ? `export * from '/cli/packaged.ts';` : null),
};

const command: UserConfig = {
  ...shared,
  plugins: [placesOfThePackage, licences()],
  ssr: { noExternal: true },
  build: {
    outDir: `${OUT}/bin`,
    emptyOutDir: true,
    target: 'node20',
    ssr: 'cli/main.ts',
    minify: false,
    rolldownOptions: { output: { entryFileNames: 'mipha-web.js', codeSplitting: false } },
  },
};

/** The command's thread that decodes pictures, beside the WebAssembly that it reads. */
const decoder: UserConfig = {
  ...command,
  plugins: [placesOfThePackage, licences()],
  // CanvasKit looks at it before it is told where its WebAssembly lies.
  define: { __dirname: 'import.meta.dirname' },
  build: {
    ...command.build,
    outDir: `${OUT}/decoder`,
    ssr: 'cli/decoder.thread.ts',
    rolldownOptions: { output: { entryFileNames: 'decoder.js', codeSplitting: false } },
  },
};

const MODES: Record<string, UserConfig> = { library, runtime, command, decoder };

export default defineConfig(({ mode }) => {
  const config = MODES[mode];
  if (!config) throw new Error(`There is no build "${mode}". Run npm run build:lib.`);
  return config;
});
