/** Bytes → whether they are the promised ones. */
import { sha256 } from '../contract/sha256.ts';

/** True when `bytes` have the promised length and sum. */
export async function isIntact(bytes: ArrayBuffer, length: number, sum: string): Promise<boolean> {
  return bytes.byteLength === length && (await sha256(bytes)) === sum;
}
