import { expect, test } from 'vitest';
import { parseManifest } from './manifest-parse.ts';
import { blamed, put, SUM, valid } from './test/manifest.ts';

/** A valid manifest with one adapter. */
const adapted = () => {
  const manifest = valid();
  const files = [
    ...manifest.files,
    { path: 'adapters/terse/a.1.bin', bytes: 30, chunks: [SUM] },
    { path: 'adapters/terse/f32/decoder.onnx', bytes: 12, chunks: [SUM] },
  ];
  const variants = [
    {
      variant: 'f32',
      decoder: 'adapters/terse/f32/decoder.onnx',
      weights: ['adapters/terse/a.1.bin'],
      bytes: 42,
      answer: { next_ids: [5], probe_logits: [1, 2], tolerance: 0.5 },
    },
  ];
  return { ...manifest, files, adapters: [{ id: 'terse', name: 'Terse', description: '', variants }] };
};

test('keeps adapters, also without a known answer', () => {
  expect(parseManifest(adapted())).toEqual(adapted());
  const { answer: _, ...rest } = adapted().adapters[0]!.variants[0]!;
  const manifest = { ...adapted(), adapters: [{ id: 'a', name: 'A', description: '', variants: [rest] }] };
  expect(parseManifest(manifest)).toEqual(manifest);
});

test.each([
  ['adapters[0].id', '../x'],
  ['adapters[0].name', ''],
  ['adapters[0].variants', []],
  ['adapters[0].variants[0].variant', 'f16'],
  ['adapters[0].variants[0].decoder', 'adapters/terse/other.onnx'],
  ['adapters[0].variants[0].weights', ['f32/vision.onnx']],
  ['adapters[0].variants[0].bytes', 41],
  ['adapters[0].variants[0].answer.probe_logits', [1]],
  ['adapters[0].color', 'red'],
])('blames %s = %j of an adapter', (field, value) => {
  const blame = blamed(() => {
    const manifest = adapted();
    put(manifest, field, value);
    return manifest;
  });
  expect(blame).toBe(field);
});
