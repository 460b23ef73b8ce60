import { afterEach, expect, test, vi } from 'vitest';
import { LOCKED_POLICY, SECURITY_POLICY } from '../scripts/security-policy.mjs';
import { isLocked } from './lock.ts';
import { lockWorkers } from './lock-workers.ts';

afterEach(() => vi.unstubAllGlobals());

const page = (policy: string) => ({ querySelector: () => ({ getAttribute: () => policy }) as unknown as Element });

test('only the policy of the locked page locks', () => {
  expect(isLocked(page(LOCKED_POLICY))).toBe(true);
  expect(isLocked(page(SECURITY_POLICY))).toBe(false);
  expect(isLocked({ querySelector: () => null })).toBe(false);
});

test('a worker begins as a blob that imports the script, which is freed after the first word', async () => {
  const started: { address: string; options: WorkerOptions | undefined }[] = [];
  class Plain extends EventTarget {
    constructor(address: string, options?: WorkerOptions) {
      super();
      started.push({ address, options });
    }
  }
  vi.stubGlobal('Worker', Plain);
  vi.stubGlobal('document', { baseURI: 'https://host/folder/locked.html' });
  lockWorkers();
  const worker = new Worker('assets/w.js', { type: 'module', name: 'w' });
  expect(started[0]?.options).toEqual({ type: 'module', name: 'w' });
  const address = started[0]?.address ?? '';
  expect(await (await fetch(address)).text()).toContain('("https://host/folder/assets/w.js").then(');
  worker.dispatchEvent(new Event('message'));
  await expect(fetch(address)).rejects.toThrow();
});
