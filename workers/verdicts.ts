/** Which variants of which model failed their known-answer test on which device, remembered across visits. */
import { createStore, get, set, type UseStore } from 'idb-keyval';
import type { ModelManifest, Variant } from '../contract/manifest.ts';

let opened: UseStore | null = null;
const store = (): UseStore => (opened ??= createStore('devices', 'failures'));

/** Names a device, a browser version and the exact bytes of a variant: with any other of them the test is run again. */
export async function verdictKey(
  { id, files, self_test }: Pick<ModelManifest, 'id' | 'files' | 'self_test'>,
  variant: Variant,
  device: string,
): Promise<string> {
  const parts = [variant.vision, variant.decoder, ...variant.weights];
  const chunks = files.filter(({ path }) => parts.includes(path)).map(({ chunks }) => chunks);
  const bytes = new TextEncoder().encode(JSON.stringify([chunks, self_test]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hash = Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [id, variant.id, hash, device].join(' | ');
}

/** Why it failed, or null. */
export async function recallFailure(key: string): Promise<string | null> {
  try {
    return (await get<string>(key, store())) ?? null;
  } catch {
    return null; // no storage: the test is simply run again
  }
}

export async function rememberFailure(key: string, reason: string): Promise<void> {
  try {
    await set(key, reason, store());
  } catch {
    // No storage: the next visit runs the test again.
  }
}
