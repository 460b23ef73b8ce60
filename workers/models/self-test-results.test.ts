import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Variant } from '../../contract/manifest.ts';
import { fakeManifest } from '../../engine/test/fake-runtime.ts';
import { recallFailure, recallPass, rememberFailure, rememberPass, verdictKey } from './self-test-results.ts';

const files = [
  { path: 'fake/decoder.onnx', bytes: 1, chunks: ['aa'] },
  { path: 'weights/1.bin', bytes: 1, chunks: ['bb'] },
  { path: 'tokenizer.json', bytes: 1, chunks: ['cc'] },
];
const manifest = fakeManifest({ files });
const variant = manifest.variants[0] as Variant;

test('a failure is remembered for this device, browser and these very weights, and for no others', async () => {
  const key = await verdictKey(manifest, variant, 'gpu A');
  expect(await recallFailure(key)).toBeNull();
  await rememberFailure(key, 'wrong answers');
  expect(await recallFailure(await verdictKey(manifest, variant, 'gpu A'))).toBe('wrong answers');
  const changed = (path: string) =>
    fakeManifest({ files: files.map((file) => (file.path === path ? { ...file, chunks: ['dd'] } : file)) });
  const others = [
    await verdictKey(manifest, variant, 'gpu B'),
    await verdictKey(manifest, { ...variant, id: 'other' }, 'gpu A'),
    await verdictKey({ ...manifest, id: 'other' }, variant, 'gpu A'),
    await verdictKey(changed('weights/1.bin'), variant, 'gpu A'),
  ];
  for (const other of others) expect(await recallFailure(other)).toBeNull();
  expect(await verdictKey(changed('tokenizer.json'), variant, 'gpu A')).toBe(key);
});

test('a passed test counts for some days, and a failure takes its place', async () => {
  const key = await verdictKey(manifest, variant, 'cpu');
  expect(await recallPass(key)).toBeNull();
  const day = 24 * 3600 * 1000;
  await rememberPass(key, 0.25, 100 * day);
  expect(await recallPass(key, 106 * day)).toBe(0.25);
  expect(await recallPass(key, 108 * day)).toBeNull();
  expect(await recallFailure(key)).toBeNull();
  await rememberFailure(key, 'wrong answers');
  expect(await recallPass(key)).toBeNull();
});
