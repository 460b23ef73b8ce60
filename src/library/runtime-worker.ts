/** The address of the runtime folder → a running inference worker, also when the folder lies on another origin. */
import type { WorkerLike } from '../backends/worker-client.ts';

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** The name to allow in a `trusted-types` directive. */
const POLICY = 'mipha-web';
let policy: { createScriptURL(url: string): string } | null = null;
/** The URLs this module is about to start; the policy lets through these and nothing else. */
const expected = new Set<string>();

/** A script URL in the form that `require-trusted-types-for 'script'` wants; a plain one where nobody asks for it. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  if (!trustedTypes) return url;
  policy ??= trustedTypes.createPolicy(POLICY, {
    createScriptURL(candidate) {
      if (!expected.has(candidate)) throw new TypeError(`unexpected script refused: ${candidate}`);
      return candidate;
    },
  });
  expected.add(url);
  try {
    return policy.createScriptURL(url);
  } finally {
    expected.delete(url);
  }
}

export function workerUrl(runtime: URL): URL {
  return new URL('inference.worker.js', runtime);
}

/**
 * A browser starts workers only from the page's own origin. For a folder elsewhere the worker is a one-line script of
 * this origin that imports the real one; that needs `worker-src blob:` and CORS headers on the folder.
 */
export function startRuntimeWorker(runtime: URL): WorkerLike {
  const url = workerUrl(runtime);
  if (url.origin === location.origin) return new Worker(trusted(url.href), { type: 'module' });
  const source = new Blob([`import ${JSON.stringify(url.href)};\n`], { type: 'text/javascript' });
  const shim = URL.createObjectURL(source);
  const worker = new Worker(trusted(shim), { type: 'module' });
  const revoke = (): void => URL.revokeObjectURL(shim);
  worker.addEventListener('message', revoke, { once: true });
  worker.addEventListener('error', revoke, { once: true });
  return worker;
}
