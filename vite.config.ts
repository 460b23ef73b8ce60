/** Builds the page and its workers into a folder that any static host can serve from any path. */
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { CHUNKS, listed } from './scripts/chunks.mjs';
import { licences } from './scripts/licences.mjs';
import {
  CONNECTED_PAGE,
  CONNECTED_POLICY,
  ISOLATION_HEADERS,
  LOCKED_PAGE,
  LOCKED_POLICY,
  SECURITY_POLICY,
} from './scripts/security-policy.mjs';
import { serviceWorker } from './scripts/service-worker.mjs';
import { workerChunks } from './scripts/worker-chunks.mjs';

/** Writes the content security policy into the built page; the dev server injects inline scripts and goes without. */
function securityPolicy(): Plugin {
  return {
    name: 'security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: SECURITY_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/** Text as the bundler writes it into an attribute. */
const asAttribute = (text: string): string => text.replaceAll("'", '&#39;');

/** The built page twice more: with the policy that lets it talk to servers its user names, and with one that lets it talk to none. */
function otherPages(): Plugin {
  return {
    name: 'other-pages',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const page = bundle['index.html'];
        if (page?.type !== 'asset') this.error('index.html was not built');
        const parts = String(page.source).split(asAttribute(SECURITY_POLICY));
        if (parts.length !== 2) this.error(`index.html has the security policy ${parts.length - 1} times`);
        this.emitFile({ type: 'asset', fileName: CONNECTED_PAGE, source: parts.join(asAttribute(CONNECTED_POLICY)) });
        // The browser fetches the manifest by itself; this page is not what gets installed.
        const locked = parts.join(asAttribute(LOCKED_POLICY)).replace(/<link rel="manifest"[^>]*>\s*/, '');
        this.emitFile({ type: 'asset', fileName: LOCKED_PAGE, source: locked });
      },
    },
    // The dev server has no policy; there all addresses are one page.
    configureServer(server) {
      server.middlewares.use((request, _, next) => {
        for (const page of [CONNECTED_PAGE, LOCKED_PAGE])
          request.url = request.url?.replace(`/${page}`, '/index.html') ?? '/';
        next();
      });
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [react(), securityPolicy(), otherPages(), licences(), serviceWorker(), workerChunks()],
  // Pre-bundling would move import.meta.url away from the .wasm files that lie beside the runtime.
  // The others are only met inside the worker, where the dev server would find them late and reload the page.
  optimizeDeps: { exclude: ['onnxruntime-web'], include: ['@huggingface/tokenizers', 'comlink', 'idb-keyval'] },
  build: {
    target: 'es2023',
    // data: URLs are not allowed by the policy except for images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false, resolveDependencies: listed },
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
    // The .wasm files are large by nature; JavaScript size is looked at, not warned about.
    chunkSizeWarningLimit: 1024,
  },
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: ISOLATION_HEADERS },
});
