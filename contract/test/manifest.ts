/** A manifest that passes, and which field is blamed when it is damaged. */
import { expect } from 'vitest';
import { AppError, evidenceText } from '../errors.ts';
import { CHUNK_BYTES } from '../manifest.ts';
import { parseManifest } from '../manifest-parse.ts';

export const SUM = 'ab'.repeat(32);

/** A manifest that passes; every test damages a copy. */
export function valid() {
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
export function blamed(damage: (manifest: Valid) => unknown): string {
  const manifest = valid();
  const replaced = damage(manifest);
  try {
    parseManifest(replaced ?? manifest);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('manifest-invalid');
    return evidenceText((error as AppError).evidence, 'field');
  }
  throw new Error('the manifest was accepted');
}

export function put(manifest: object, path: string, value: unknown): void {
  const keys = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  const last = keys.pop() as string;
  const target = keys.reduce((at, key) => (at as Record<string, object>)[key] as object, manifest);
  (target as Record<string, unknown>)[last] = value;
}
