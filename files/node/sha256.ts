/** Bytes as they pass → their SHA-256, by Node's own code, which is ten times as fast as JavaScript. */
import { createHash } from 'node:crypto';
import type { RunningSum } from '../running-sum.ts';

export function runningSum(): RunningSum {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
}
