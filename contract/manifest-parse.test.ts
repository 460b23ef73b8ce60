import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from './errors.ts';
import { CHUNK_BYTES } from './manifest.ts';
import { parseManifest } from './manifest-parse.ts';

const SUM = 'ab'.repeat(32);

/** A manifest that passes; every test damages a copy. */
function valid() {
  return {
    format: 1,
    id: 'nano',
    name: 'Nano',
    description: '',
    license: 'Apache-2.0',
    source: { repo: '', revision: '' },
    architecture: {
      family: 'phi',
      vocab_size: 96,
      hidden_size: 80,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 4,
      head_dim: 32,
      vision: { hidden_size: 64, num_hidden_layers: 2, patch_size: 14 },
    },
    processor: {
      image_size: 56,
      pad_color: [127, 127, 127],
      resample: 'bicubic',
      rescale: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      image_tokens: 16,
    },
    prompt: {
      system: 'You see.',
      user: 'USER: ',
      assistant: 'ASSISTANT:',
      separator: ' ',
      turn_end: '<|endoftext|>',
      image_marker: '<image>',
      bos_id: null,
      stop_ids: [95],
    },
    generation: { max_tokens: 64, temperature: 0, top_p: 1, repetition_penalty: 1 },
    limits: { max_length: 256, max_images: 1 },
    chunk_bytes: CHUNK_BYTES,
    files: [
      { path: 'tokenizer.json', bytes: 10, chunks: [SUM] },
      { path: 'tokenizer_config.json', bytes: 5, chunks: [SUM] },
      { path: 'weights/a.1.bin', bytes: CHUNK_BYTES + 1, chunks: [SUM, SUM] },
      { path: 'f32/vision.onnx', bytes: 100, chunks: [SUM] },
      { path: 'f32/decoder.onnx', bytes: 200, chunks: [SUM] },
    ],
    variants: [
      {
        id: 'f32',
        device: 'wasm',
        needs: [] as string[],
        vision: 'f32/vision.onnx',
        decoder: 'f32/decoder.onnx',
        weights: ['weights/a.1.bin'],
        activations: 'float32',
        bytes: CHUNK_BYTES + 316,
      },
    ],
    self_test: {
      input_ids: [1, 96, 97, 2],
      next_ids: [3],
      probe_ids: [3, 4],
      probe_logits: [1.5, -2],
      image_embeds: [0.25],
      tolerance: { f32: 0.01 } as Record<string, number>,
    },
  };
}

type Valid = ReturnType<typeof valid>;

/** The field that the parser blames for a damaged manifest. */
function blamed(damage: (manifest: Valid) => unknown): string {
  const manifest = valid();
  const replaced = damage(manifest);
  try {
    parseManifest(replaced ?? manifest);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('manifest-invalid');
    return String((error as AppError).evidence['field']);
  }
  throw new Error('the manifest was accepted');
}

function put(manifest: object, path: string, value: unknown): void {
  const keys = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  const last = keys.pop() as string;
  const target = keys.reduce((at, key) => (at as Record<string, object>)[key] as object, manifest);
  (target as Record<string, unknown>)[last] = value;
}

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
