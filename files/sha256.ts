/** Bytes → their SHA-256 in lower-case hex: at once, with what the platform offers, or piece by piece as they pass. */
import { sha256 as passing } from '@noble/hashes/sha2.js';

/** A sum that is still being made. */
export interface RunningSum {
  update(bytes: Uint8Array): void;
  /** Once, at the end. */
  hex(): string;
}

const hexOf = (digest: Uint8Array): string => Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Runs anywhere, at about a tenth of the speed of `sha256` and of Node's own (`files/node/sha256.ts`). */
export function runningSum(): RunningSum {
  const hash = passing.create();
  return { update: (bytes) => void hash.update(bytes), hex: () => hexOf(hash.digest()) };
}

/** Pages that came over plain http have no Web Crypto; there it is computed in this thread. */
export async function sha256(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<string> {
  // oxlint-disable-next-line no-restricted-properties
  const { subtle } = crypto;
  if (subtle) return hexOf(new Uint8Array(await subtle.digest('SHA-256', bytes)));
  return hexOf(passing(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)));
}

/** True when `bytes` have the promised length and sum. */
export async function isIntact(bytes: ArrayBuffer, length: number, sum: string): Promise<boolean> {
  return bytes.byteLength === length && (await sha256(bytes)) === sum;
}
