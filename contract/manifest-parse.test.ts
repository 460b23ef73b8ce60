import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppError } from './errors.ts';
import { CHUNK_BYTES } from './manifest.ts';
import { parseManifest } from './manifest-parse.ts';
import { blamed, put, SUM, valid } from './test/manifest.ts';

describe('parseManifest', () => {
  test('returns what a valid manifest says', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(valid())))).toEqual(valid());
  });

  test('keeps what single variants computed', () => {
    const answer = { next_ids: [5], probe_logits: [1, 2], tolerance: 0.5 };
    const manifest = { ...valid(), self_test: { ...valid().self_test, by_variant: { f32: answer } } };
    expect(parseManifest(manifest).self_test.by_variant).toEqual({ f32: answer });
  });

  test('keeps how pictures are cropped and how turns are marked, where it says so', () => {
    const { processor, prompt } = valid();
    const marks = { system_start: '<s>', without_image: '\n', answer_start: '' };
    const manifest = { ...valid(), processor: { ...processor, crop: true }, prompt: { ...prompt, ...marks } };
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  });

  test.each([
    ['format', 2],
    ['format', '1'],
    ['id', ''],
    ['architecture.vocab_size', 0],
    ['architecture.vision.patch_size', 1.5],
    ['processor.image_size', -1],
    ['processor.pad_color', [0, 0, 256]],
    ['processor.pad_color', [0, 0]],
    ['processor.resample', 'nearest'],
    ['processor.std', [0.5, 0, 0.5]],
    ['processor.crop', 'yes'],
    ['processor.crop', null],
    ['prompt.answer_start', 1],
    ['prompt.without_image', null],
    ['prompt.system_start', ['x']],
    ['prompt.stop_ids', [96]],
    ['prompt.bos_id', -1],
    ['prompt.image_marker', ''],
    ['generation.top_p', 2],
    ['limits.max_length', 0],
    ['limits.max_images', 0],
    ['chunk_bytes', 1000],
    ['chunk_bytes', 2 * CHUNK_BYTES],
    ['files', []],
    ['files[2].bytes', -1],
    ['files[2].bytes', Number.NaN],
    ['files[2].bytes', 2 ** 53],
    ['files[2].bytes', 1e300],
    ['files[2].bytes', '10'],
    ['files[0].chunks', []],
    ['files[2].chunks', [SUM]],
    ['files[0].chunks', ['AB'.repeat(32)]],
    ['variants', []],
    ['variants[0].device', 'cpu'],
    ['variants[0].needs', ['shader-f64']],
    ['variants[0].vision', 'f32/other.onnx'],
    ['variants[0].weights', ['weights/none.bin']],
    ['variants[0].weights', ['weights/a.1.bin', 'weights/a.1.bin']],
    ['variants[0].bytes', 7],
    ['self_test.probe_logits', [1]],
    ['self_test.probe_logits', [1, Number.POSITIVE_INFINITY]],
    ['self_test.next_ids', [96]],
    ['self_test.tolerance', {}],
    ['self_test.tolerance', { f32: 1, other: 1 }],
    ['self_test.by_variant', { other: { next_ids: [1], probe_logits: [1, 2], tolerance: 0 } }],
    ['self_test.by_variant', { f32: { next_ids: [1], probe_logits: [1], tolerance: 0 } }],
    ['self_test.by_variant', { f32: { next_ids: [1], probe_logits: [1, 2], tolerance: -1 } }],
    ['surprise', 1],
  ])('blames %s when it is %j', (path, value) => {
    const field = blamed((manifest) => put(manifest, path, value));
    expect(field.startsWith(path)).toBe(true);
  });

  test.each([
    '../secret.bin',
    'weights/../../secret.bin',
    'weights/./a.bin',
    'weights//a.bin',
    '/etc/passwd',
    '//host/a.bin',
    'https://host/a.bin',
    'data:text/plain,a',
    '%2e%2e/a.bin',
    'weights\\a.bin',
    'weights/a.bin\0.txt',
    'weights/a.bin?x',
    'weights/a.bin#x',
    'a b.bin',
    '.hidden',
    'weights/',
    '',
    'é.bin',
    'a'.repeat(600),
  ])('refuses the path %j', (path) => {
    expect(blamed((manifest) => put(manifest, 'files[2].path', path))).toBe('files[2].path');
    expect(blamed((manifest) => put(manifest, 'variants[0].weights', [path]))).toBe('variants[0].weights[0]');
  });

  test('refuses names that are listed twice, or differ in case alone', () => {
    expect(blamed((manifest) => put(manifest, 'files[2].path', 'tokenizer.json'))).toBe('files[2].path');
    expect(blamed((manifest) => put(manifest, 'files[2].path', 'Tokenizer.JSON'))).toBe('files[2].path');
    expect(blamed((manifest) => void manifest.variants.push(manifest.variants[0]!))).toBe('variants');
    expect(blamed((manifest) => put(manifest, 'files[2].path', 'manifest.json'))).toBe('files[2].path');
  });

  test('does not take fields from the prototype', () => {
    expect(blamed(() => JSON.parse('{"__proto__": {"format": 1}}'))).toBe('format');
    const polluted = JSON.stringify(valid()).replace('"license":"Apache-2.0"', '"__proto__":{"license":"MIT"}');
    expect(blamed(() => JSON.parse(polluted))).toBe('__proto__');
    const tolerances = JSON.stringify(valid()).replace(
      '"tolerance":{"f32":0.01}',
      '"tolerance":{"__proto__":{"f32":1}}',
    );
    expect(blamed(() => JSON.parse(tolerances))).toBe('self_test.tolerance.f32');
    expect(blamed((manifest) => put(manifest, 'variants[0].id', 'constructor'))).toBe(
      'self_test.tolerance.constructor',
    );
  });

  test('names every field that is left out', () => {
    for (const key of Object.keys(valid())) {
      const field = blamed((manifest) => void delete (manifest as Record<string, unknown>)[key]);
      expect(field).toBe(key);
    }
  });

  test('any JSON gives a manifest or a named field, never another error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(blamed(() => json ?? 'null')).toBeTypeOf('string');
      }),
    );
  });

  test('any value in place of any leaf gives a manifest or a named field', () => {
    const leaves: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value === 'object' && value !== null)
        for (const [key, item] of Object.entries(value)) walk(item, path ? `${path}.${key}` : key);
      else leaves.push(path);
    };
    walk(valid(), '');
    fc.assert(
      fc.property(fc.constantFrom(...leaves), fc.anything(), (leaf, value) => {
        const manifest = valid();
        put(manifest, leaf, value);
        try {
          const parsed = parseManifest(manifest);
          // Accepted only when the parsed form says exactly what was put in.
          expect(parsed).toEqual(manifest);
        } catch (error) {
          expect((error as AppError).code).toBe('manifest-invalid');
          expect((error as AppError).evidence['field']).toBeTypeOf('string');
        }
      }),
      { numRuns: 500 },
    );
  });
});
