/** What came of known-answer tests, by variant and device, remembered across visits: failures, and what the CPU passed. */
import { createStore, get, set, type UseStore } from 'idb-keyval';
import { ERROR_CODES, type ErrorCode, toWire, type WireError } from '../../contract/errors.ts';
import type { ModelManifest, Variant } from '../../contract/manifest.ts';
import { sha256 } from '../../files/sha256.ts';

let opened: UseStore | null = null;
const store = (): UseStore => (opened ??= createStore('devices', 'failures'));

/** Names a device, a browser version and the exact bytes of a variant: with any other of them the test is run again. */
export async function resultKey(
  { id, files, self_test }: Pick<ModelManifest, 'id' | 'files' | 'self_test'>,
  variant: Variant,
  device: string,
): Promise<string> {
  const parts = [variant.vision, variant.decoder, ...variant.weights];
  const chunks = files.filter(({ path }) => parts.includes(path)).map(({ chunks }) => chunks);
  const bytes = new TextEncoder().encode(JSON.stringify([chunks, self_test]));
  const hash = (await sha256(bytes)).slice(0, 16);
  return [id, variant.id, hash, device].join(' | ');
}

/** A page's files may change, and so may a browser behind the same name; then the test has to be passed again. */
const PASSED_FOR_MS = 7 * 24 * 3600 * 1000;

interface Passed {
  logit_error: number;
  at: number;
}

function isPassed(value: unknown): value is Passed {
  const { logit_error, at } = (value ?? {}) as Partial<Passed>;
  return typeof logit_error === 'number' && typeof at === 'number';
}

/** The largest logit error of a test that was passed in the last days, or null. */
export async function recallPass(key: string, now = Date.now()): Promise<number | null> {
  try {
    const value: unknown = await get(key, store());
    return isPassed(value) && now - value.at < PASSED_FOR_MS ? value.logit_error : null;
  } catch {
    return null; // no storage: the test is simply run again
  }
}

export async function rememberPass(key: string, logit_error: number, now = Date.now()): Promise<void> {
  try {
    await set(key, { logit_error, at: now } satisfies Passed, store());
  } catch {
    // No storage: the next visit runs the test again.
  }
}

/** Earlier versions of the page remembered the message alone. */
function asFailure(value: unknown): WireError | null {
  if (typeof value === 'string') return { code: 'self-test-failed', message: value, evidence: {} };
  return ERROR_CODES.includes(Object(value).code as ErrorCode) ? toWire(value) : null;
}

/** How it failed, or null. */
export async function recallFailure(key: string): Promise<WireError | null> {
  try {
    return asFailure(await get(key, store()));
  } catch {
    return null; // no storage: the test is simply run again
  }
}

export async function rememberFailure(key: string, failure: WireError): Promise<void> {
  try {
    await set(key, failure, store());
  } catch {
    // No storage: the next visit runs the test again.
  }
}
