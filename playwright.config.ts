/** Browser tests against the built site, once on WebAssembly and once on WebGPU (SwiftShader when there is no GPU). */
import { defineConfig } from '@playwright/test';
import { findBrowser } from './scripts/find-browser.mjs';

const PORT = Number(process.env['E2E_PORT'] ?? 4174);
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const ROOT = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
// Found once and handed down: worker processes read this file again.
process.env['CHROME_PATH'] ??= findBrowser();

function browser(args: string[] = []) {
  return { launchOptions: { executablePath: process.env['CHROME_PATH'] ?? '', args: [...QUIET, ...ROOT, ...args] } };
}

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Models load and answer on few cores; generous limits, nothing here asserts time.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  reporter: process.env['E2E_REPORT'] ? [['list'], ['json', { outputFile: process.env['E2E_REPORT'] }]] : [['list']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}/`,
    // A trace doubles the work of each test, failed or not: `E2E_TRACE=1` records one.
    trace: process.env['E2E_TRACE'] ? 'on' : 'off',
    screenshot: 'only-on-failure',
    serviceWorkers: 'allow',
  },
  projects: [
    { name: 'wasm', testIgnore: ['**/*.webgpu.spec.ts', '**/firefox.spec.ts'], use: browser() },
    {
      name: 'webgpu',
      testMatch: '**/*.webgpu.spec.ts',
      // SwiftShader compiles shaders on the CPU: a first answer can take minutes.
      timeout: 900_000,
      expect: { timeout: 600_000 },
      use: browser(['--enable-unsafe-webgpu']),
    },
    // Starts its own browser, and skips itself where there is none.
    { name: 'firefox', testMatch: '**/firefox.spec.ts' },
  ],
  webServer: {
    command: `node scripts/serve.mjs --port ${PORT} --strict-port`,
    url: `http://127.0.0.1:${PORT}/`,
    reuseExistingServer: false,
  },
});
