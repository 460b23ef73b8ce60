/** A seed → a small, valid model folder in memory, with chunks of 1 KiB unless told otherwise, so that tests stay fast. */
import { createHash } from 'node:crypto';
import type { ManifestFile, ModelManifest } from '../contract/manifest.ts';

export const CHUNK = 1024;

export interface Folder {
  manifest: ModelManifest;
  /** Path → bytes, manifest.json included. */
  files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Files of the only variant and the tokenizer. */
  paths: string[];
}

export const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Reproducible bytes that look random (xorshift). */
export function noise(length: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = (seed * 2654435761) >>> 0 || 1;
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 255;
  }
  return bytes;
}

function describeFile(path: string, bytes: Uint8Array, chunkBytes: number): ManifestFile {
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(sum(bytes.subarray(at, at + chunkBytes)));
  return { path, bytes: bytes.length, chunks };
}

/** `contents` replaces or adds files; same bytes give the same chunks, as between versions of a real model. */
export function modelFolder(
  contents: Record<string, Uint8Array<ArrayBuffer>> = {},
  name = 'Test model',
  chunkBytes = CHUNK,
): Folder {
  const files = new Map<string, Uint8Array<ArrayBuffer>>(
    Object.entries({
      'tokenizer.json': noise(300, 1),
      'v/vision.onnx': noise(1500, 2),
      'v/decoder.onnx': noise(2048, 3),
      'weights/0.bin': noise(10 * chunkBytes + 100, 4),
      ...contents,
    }),
  );
  const paths = [...files.keys()];
  const weights = paths.filter((path) => path.startsWith('weights/'));
  const manifest: ModelManifest = {
    format: 1,
    id: 'test',
    name,
    description: '',
    license: 'MIT',
    source: { repo: 'none', revision: '0' },
    architecture: {
      family: 'phi',
      vocab_size: 10,
      hidden_size: 4,
      num_hidden_layers: 1,
      num_attention_heads: 1,
      num_key_value_heads: 1,
      head_dim: 4,
      vision: { hidden_size: 4, num_hidden_layers: 1, patch_size: 2 },
    },
    processor: {
      image_size: 4,
      pad_color: null,
      resample: 'bicubic',
      rescale: 1 / 255,
      mean: [0, 0, 0],
      std: [1, 1, 1],
      image_tokens: 4,
    },
    prompt: {
      system: '',
      user: 'USER: ',
      assistant: 'ASSISTANT:',
      separator: ' ',
      turn_end: '',
      image_marker: '<image>',
      bos_id: null,
      stop_ids: [0],
    },
    generation: { max_tokens: 8, temperature: 0, top_p: 1, repetition_penalty: 1 },
    limits: { max_length: 32 },
    chunk_bytes: chunkBytes,
    files: [...files].map(([path, bytes]) => describeFile(path, bytes, chunkBytes)),
    variants: [
      {
        id: 'f32',
        device: 'wasm',
        needs: [],
        vision: 'v/vision.onnx',
        decoder: 'v/decoder.onnx',
        weights,
        activations: 'float32',
        bytes: [...files.values()].reduce((total, bytes) => total + bytes.length, 0),
      },
    ],
    self_test: {
      input_ids: [1, 2],
      next_ids: [3],
      probe_ids: [3],
      probe_logits: [0.5],
      image_embeds: [0.25],
      tolerance: { f32: 0.001 },
    },
  };
  files.set('manifest.json', new TextEncoder().encode(JSON.stringify(manifest)));
  return { manifest, files, paths };
}
