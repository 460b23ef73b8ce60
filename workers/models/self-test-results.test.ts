import 'fake-indexeddb/auto';
import { createStore, set } from 'idb-keyval';
import { expect, test } from 'vitest';
import type { Variant } from '../../contract/manifest.ts';
import { fakeManifest } from '../../engine/test/fake-runtime.ts';
import { recallFailure, recallPass, rememberFailure, rememberPass, resultKey } from './self-test-results.ts';

const files = [
  { path: 'fake/decoder.onnx', bytes: 1, chunks: ['aa'] },
  { path: 'weights/1.bin', bytes: 1, chunks: ['bb'] },
  { path: 'tokenizer.json', bytes: 1, chunks: ['cc'] },
];
const manifest = fakeManifest({ files });
const variant = manifest.variants[0] as Variant;
const failure = { code: 'self-test-failed', message: 'wrong answers', evidence: { max_error: 3 } } as const;

test('a failure is remembered for this device, browser and these very weights, and for no others', async () => {
  const key = await resultKey(manifest, variant, 'gpu A');
  expect(await recallFailure(key)).toBeNull();
  await rememberFailure(key, failure);
  expect(await recallFailure(await resultKey(manifest, variant, 'gpu A'))).toEqual(failure);
  const changed = (path: string) =>
    fakeManifest({ files: files.map((file) => (file.path === path ? { ...file, chunks: ['dd'] } : file)) });
  const others = [
    await resultKey(manifest, variant, 'gpu B'),
    await resultKey(manifest, { ...variant, id: 'other' }, 'gpu A'),
    await resultKey({ ...manifest, id: 'other' }, variant, 'gpu A'),
    await resultKey(changed('weights/1.bin'), variant, 'gpu A'),
  ];
  for (const other of others) expect(await recallFailure(other)).toBeNull();
  expect(await resultKey(changed('tokenizer.json'), variant, 'gpu A')).toBe(key);
});

test('a passed test counts for some days, and a failure takes its place', async () => {
  const key = await resultKey(manifest, variant, 'cpu');
  expect(await recallPass(key)).toBeNull();
  const day = 24 * 3600 * 1000;
  await rememberPass(key, 0.25, 100 * day);
  expect(await recallPass(key, 106 * day)).toBe(0.25);
  expect(await recallPass(key, 108 * day)).toBeNull();
  expect(await recallFailure(key)).toBeNull();
  await rememberFailure(key, failure);
  expect(await recallPass(key)).toBeNull();
});

test('what an earlier version of the page remembered, the message alone, is understood; anything else is not', async () => {
  const store = createStore('devices', 'failures');
  await set('old', 'wrong answers', store);
  expect(await recallFailure('old')).toEqual({ ...failure, evidence: {} });
  for (const value of [null, 5, {}, { code: 'tomorrow', message: 'm' }, { logit_error: 1, at: 2 }]) {
    await set('odd', value, store);
    expect(await recallFailure('odd')).toBeNull();
  }
});
