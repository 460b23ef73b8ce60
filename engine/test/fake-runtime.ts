/** A Runtime in plain JavaScript whose "model" answers by a hash of everything it was fed, through the KV cache. */
import { AppError } from '../../contract/errors.ts';
import type { ModelFiles, ModelManifest } from '../../contract/manifest.ts';
import { argmax } from '../sampler.ts';
import {
  elementCount,
  type ElementType,
  type Runtime,
  type Session,
  type Tensor,
  type TensorData,
} from '../runtime.ts';
import { EOS, tinyTokenizer, tinyTokenizerFiles } from './tiny-tokenizer.ts';

const ARRAYS = { float32: Float32Array, float16: Uint16Array, int64: BigInt64Array, int32: Int32Array } as const;

interface FakeTensor extends Tensor {
  data: TensorData;
}
const dataOf = (tensor: Tensor | undefined) => (tensor as FakeTensor).data;

export const VOCAB = 300;
export const IMAGE_TOKENS = 4;
const HIDDEN = 2;

/** Counts what was run, and can be told to fail or to do something before a run. */
export class FakeRuntime implements Runtime {
  readonly device = 'wasm';
  readonly threads = 1;
  readonly lost = false;
  visionRuns = 0;
  decoderRuns = 0;
  /** Tokens that went through the decoder. */
  decodedTokens = 0;
  disposed = false;
  beforeRun: (() => void) | null = null;
  /** Sessions that were made and not released. */
  sessions = 0;
  mostSessions = 0;
  /** So many of the next sessions find no room. */
  failingSessions = 0;
  /** What a broken device leaves behind instead of logits. */
  fillLogits: number | null = null;

  allocate(type: ElementType, dims: readonly number[]): Tensor {
    return { type, dims, data: new ARRAYS[type](elementCount(dims)) } as FakeTensor;
  }
  view(tensor: Tensor, dims: readonly number[]): Tensor {
    return { type: tensor.type, dims, data: dataOf(tensor).subarray(0, elementCount(dims)) } as FakeTensor;
  }
  write(tensor: Tensor, data: TensorData): void {
    dataOf(tensor).set(data as never);
  }
  async read(tensor: Tensor): Promise<TensorData> {
    return dataOf(tensor).slice() as TensorData;
  }
  copy(source: Tensor, target: Tensor, offset: number): void {
    dataOf(target).set(dataOf(source) as never, offset);
  }
  free(): void {}
  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  async dispose(): Promise<void> {
    this.disposed = true;
  }

  async createSession(graph: Uint8Array): Promise<Session> {
    if (this.failingSessions > 0) {
      this.failingSessions--;
      throw new AppError('out-of-memory', 'There is no room.');
    }
    const name = new TextDecoder().decode(graph);
    const isVision = name === 'vision';
    this.mostSessions = Math.max(this.mostSessions, ++this.sessions);
    return {
      inputs: {},
      outputs: isVision ? { image_embeds: 'float32' } : { logits: 'float32', next_token: 'int64' },
      run: async (inputs, outputs) => {
        this.beforeRun?.();
        if (isVision) this.#see(inputs, outputs);
        else this.#decode(inputs, outputs, name === 'decoder' ? 7 : 8);
      },
      release: async () => {
        this.sessions--;
      },
    };
  }

  /** image_embeds[row] depends on every pixel and on the row. */
  #see(inputs: Record<string, Tensor>, outputs: Record<string, Tensor>): void {
    this.visionRuns++;
    const pixels = dataOf(inputs['pixel_values']) as Float32Array;
    const sum = pixels.reduce((total, value, i) => total + value * ((i % 7) + 1), 0);
    const embeds = dataOf(outputs['image_embeds']) as Float32Array;
    for (let i = 0; i < embeds.length; i++) embeds[i] = Math.round(sum * 100) + i;
  }

  /** @param seed another one is another decoder */
  #decode(inputs: Record<string, Tensor>, outputs: Record<string, Tensor>, seed: number): void {
    this.decoderRuns++;
    const ids = Array.from(dataOf(inputs['input_ids']) as BigInt64Array, Number);
    this.decodedTokens += ids.length;
    const total = dataOf(inputs['total_sequence_length'])[0] as number;
    if ((dataOf(inputs['seqlens_k'])[0] as number) !== total - 1) throw new Error('seqlens_k and total disagree');
    const table = dataOf(inputs['image_embeds']) as Float32Array;
    const keys = dataOf(inputs['past_key_values.0.key']) as Float32Array;
    if (dataOf(outputs['present.0.key']) !== keys) throw new Error('the cache is not shared');
    for (const [i, id] of ids.entries()) {
      keys[total - ids.length + i] = id < VOCAB ? id : 1000 + table[(id - VOCAB) * HIDDEN]!;
    }
    let hash = seed;
    for (let i = 0; i < total; i++) hash = (hash * 31 + Math.abs(keys[i]!) * 17 + i) % 65521;
    const logits = dataOf(outputs['logits']) as Float32Array;
    // Lower-case letters win; the stop id wins now and then.
    for (let id = 0; id < VOCAB; id++) logits[id] = ((hash * (id + 1)) % 97) / 10 - (isLetter(id) ? 0 : 20);
    if (hash % 23 === 0) logits[stopId] = 50;
    if (this.fillLogits !== null) logits.fill(this.fillLogits);
    dataOf(outputs['next_token'])[0] = BigInt(argmax(logits)) as never;
  }
}

const tokenizer = tinyTokenizer();
export const stopId = tokenizer.splitSpecial(EOS)[0] as number;
const letters = new Set(tokenizer.encode('abcdefghijklmnopqrstuvwxyz'));
const isLetter = (id: number) => letters.has(id);

export function fakeManifest(changes: Partial<ModelManifest> = {}): ModelManifest {
  return {
    format: 1,
    id: 'fake',
    name: 'Fake',
    description: '',
    license: '',
    source: { repo: '', revision: '' },
    architecture: {
      family: 'fake',
      vocab_size: VOCAB,
      hidden_size: HIDDEN,
      num_hidden_layers: 1,
      num_attention_heads: 1,
      num_key_value_heads: 1,
      head_dim: 1,
      vision: { hidden_size: 1, num_hidden_layers: 1, patch_size: 1 },
    },
    processor: {
      image_size: 4,
      pad_color: [127, 127, 127],
      resample: 'bicubic',
      rescale: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      image_tokens: IMAGE_TOKENS,
    },
    prompt: {
      system: 'S',
      user: 'USER: ',
      assistant: 'ASSISTANT:',
      separator: ' ',
      turn_end: EOS,
      image_marker: '<image>',
      bos_id: null,
      stop_ids: [stopId],
    },
    generation: { max_tokens: 24, temperature: 0, top_p: 1, repetition_penalty: 1 },
    limits: { max_length: 256 },
    chunk_bytes: 8,
    files: [],
    variants: [
      {
        id: 'fake',
        device: 'wasm',
        needs: [],
        vision: 'fake/vision.onnx',
        decoder: 'fake/decoder.onnx',
        weights: ['weights/1.bin'],
        activations: 'float32',
        bytes: 1,
      },
    ],
    self_test: {
      input_ids: [1, 2, VOCAB, VOCAB + 1, 3],
      next_ids: [4, 5],
      probe_ids: [0],
      probe_logits: [0],
      image_embeds: [0],
      tolerance: { fake: 1000 },
    },
    ...changes,
  };
}

export function fakeFiles(manifest: ModelManifest): ModelFiles {
  const { tokenizerJson, tokenizerConfig } = tinyTokenizerFiles();
  const text = (value: string) => new TextEncoder().encode(value);
  const contents: Record<string, Uint8Array<ArrayBuffer>> = {
    'tokenizer.json': tokenizerJson,
    'tokenizer_config.json': tokenizerConfig,
    'fake/vision.onnx': text('vision'),
    'fake/decoder.onnx': text('decoder'),
    'weights/1.bin': text(''),
    'adapters/other/decoder.onnx': text('another decoder'),
    'adapters/other/1.bin': text(''),
  };
  return {
    manifest,
    read: async (path, signal) => {
      signal?.throwIfAborted();
      const bytes = contents[path];
      if (!bytes) throw new AppError('download-failed', `no ${path}`);
      return bytes;
    },
  };
}
