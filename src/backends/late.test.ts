import { expect, it, vi } from 'vitest';
import type { Backend } from '../../contract/backend.ts';
import { LateBackend } from './late.ts';

function fake() {
  const inner = {
    load: vi.fn(async () => ({ name: 'fake' })),
    chat: vi.fn(async function* () {
      yield { type: 'text', text: 'a' };
      yield { type: 'text', text: 'b' };
    }),
    deleteStored: vi.fn(async () => {}),
    dispose: vi.fn(async () => {}),
  };
  return inner as typeof inner & Backend;
}

it('fetches once, at the first use, and hands everything on', async () => {
  const inner = fake();
  const fetch = vi.fn(async () => inner);
  const late = new LateBackend(fetch);
  expect(fetch).not.toHaveBeenCalled();
  const options = { onProgress: () => {} };
  expect(await Promise.all([late.load(options), late.load()])).toHaveLength(2);
  expect(inner.load).toHaveBeenCalledWith(options);
  const { signal } = new AbortController();
  const texts: unknown[] = [];
  for await (const event of late.chat({ messages: [] }, { signal })) texts.push(event);
  expect(texts).toHaveLength(2);
  expect(inner.chat).toHaveBeenCalledWith({ messages: [] }, { signal });
  await late.deleteStored();
  await late.dispose();
  expect([fetch, inner.deleteStored, inner.dispose].map((spy) => spy.mock.calls.length)).toEqual([1, 1, 1]);
});

it('says that it could not be fetched, tries again at the next use, and frees nothing that never was', async () => {
  const inner = fake();
  const late = new LateBackend(vi.fn(async () => inner).mockRejectedValueOnce(new TypeError('Failed to fetch')));
  await late.dispose();
  await expect(late.load()).rejects.toMatchObject({ code: 'download-failed', evidence: { reason: 'partNotFetched' } });
  await late.dispose();
  expect(inner.dispose).not.toHaveBeenCalled();
  expect(await late.load()).toEqual({ name: 'fake' });
});
