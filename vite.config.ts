/** Builds the page and its workers into a folder that any static host can serve from any path. */
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { ISOLATION_HEADERS, SECURITY_POLICY } from './scripts/security-policy.mjs';
import { serviceWorker } from './scripts/service-worker.mjs';

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

export default defineConfig({
  base: './',
  plugins: [react(), securityPolicy(), serviceWorker()],
  // Pre-bundling would move import.meta.url away from the .wasm files that lie beside the runtime.
  // The others are only met inside the worker, where the dev server would find them late and reload the page.
  optimizeDeps: { exclude: ['onnxruntime-web'], include: ['@huggingface/tokenizers', 'comlink', 'idb-keyval'] },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // data: URLs are not allowed by the policy except for pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The .wasm files are large by nature; JavaScript size is looked at, not warned about.
    chunkSizeWarningLimit: 1024,
  },
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: ISOLATION_HEADERS },
});
