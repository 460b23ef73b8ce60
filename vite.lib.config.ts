/** Builds the package that other sites install: entries without React, and the runtime folder they serve. */
import { defineConfig, type UserConfig } from 'vite';
import { licences } from './scripts/licences.mjs';

const OUT = 'dist-lib';

/** What can be imported, by the name under the package's. */
const ENTRIES = {
  index: 'src/embed/index.ts',
  element: 'src/embed/define-element.ts',
  'ai-sdk': 'src/embed/ai-sdk/language-model.ts',
  'prompt-api': 'src/embed/prompt-api/index.ts',
  frame: 'src/embed/frame/client.ts',
};

const shared: UserConfig = {
  // Addresses relative to the file that asks, wherever the folder is served.
  base: './',
  publicDir: false,
  logLevel: 'warn',
};

const library: UserConfig = {
  ...shared,
  plugins: [licences().bundle],
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
  plugins: [licences().bundle],
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

const MODES: Record<string, UserConfig> = { library, runtime };

export default defineConfig(({ mode }) => {
  const config = MODES[mode];
  if (!config) throw new Error(`There is no build "${mode}". Run npm run build:lib.`);
  return config;
});
