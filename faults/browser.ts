/** The browser of the cases, and the two blank pages that they run in, bundled. */
import { join } from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { build } from 'vite';
import type { SiteFile } from './scripted-server.ts';

/** A name that browsers do not take for this device, so that pages from there come over plain http. */
export const PLAIN_HTTP_HOST = 'faults.test';

export const ARGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  `--host-resolver-rules=MAP ${PLAIN_HTTP_HOST} 127.0.0.1`,
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

async function bundle(name: string): Promise<SiteFile> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2023',
      lib: { entry: join(import.meta.dirname, `${name}.ts`), formats: ['es'], fileName: name },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (!output || !('output' in output)) throw new Error(`${name}.ts was not built`);
  return { type: 'text/javascript', body: output.output[0].code };
}

const blank = (script: string): SiteFile => ({
  type: 'text/html',
  body: `<!doctype html><title>Faults</title><script type="module" src="${script}"></script>`,
});

/** Two blank pages and their scripts: one for the store, one for the parts of the page. */
export async function buildSite(): Promise<Map<string, SiteFile>> {
  return new Map([
    ['/', blank('/harness.js')],
    ['/harness.js', await bundle('harness')],
    ['/parts.html', blank('/parts.js')],
    ['/parts.js', await bundle('parts-harness')],
  ]);
}

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGS });
}
