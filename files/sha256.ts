/** Bytes → their SHA-256 in lower-case hex, with what the platform offers. */
import { AppError } from '../contract/errors.ts';

/** Throws `backend-failed` where the browser offers no cryptography (a page over plain http). */
export async function sha256(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<string> {
  const { subtle } = (globalThis as { crypto?: Partial<typeof crypto> }).crypto ?? {};
  if (!subtle) {
    throw new AppError(
      'backend-failed',
      'Model files cannot be verified on this page. Open it over https or from localhost.',
      { secure_context: false },
    );
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** True when `bytes` have the promised length and sum. */
export async function isIntact(bytes: ArrayBuffer, length: number, sum: string): Promise<boolean> {
  return bytes.byteLength === length && (await sha256(bytes)) === sum;
}
