/** Bytes → their SHA-256 in lower-case hex, with what the platform offers. */
import { runningSum } from './running-sum.ts';

/** Pages that came over plain http have no Web Crypto; there it is computed in this thread, at a tenth of the speed. */
export async function sha256(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<string> {
  // oxlint-disable-next-line no-restricted-properties
  const { subtle } = crypto;
  if (subtle) {
    const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  const sum = runningSum();
  sum.update(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
  return sum.hex();
}

/** True when `bytes` have the promised length and sum. */
export async function isIntact(bytes: ArrayBuffer, length: number, sum: string): Promise<boolean> {
  return bytes.byteLength === length && (await sha256(bytes)) === sum;
}
