/** A checkpoint with a Phi language model → a GGUF file of the same weights in 8 bits (Q8_0), for llama.cpp and wllama. */
import { open } from 'node:fs/promises';
import { type Checkpoint, openCheckpoint, readJsonObject } from '../../builder/weights/checkpoint.ts';
import { folderSource } from '../../files/node/source.ts';
import { toHalf } from '../../builder/weights/float.ts';

/** Value types of metadata and tensor types, by their numbers in GGUF version 3 (ggml/docs/gguf.md). */
const UINT32 = 4;
const INT32 = 5;
const FLOAT32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;
const F32 = 0;
const Q8_0 = 8;

const ALIGNMENT = 32;
/** Weights that share a scale in Q8_0: a float16 and 32 bytes. */
const BLOCK = 32;
const BLOCK_BYTES = 2 + BLOCK;
/** `general.file_type` of a file that is mostly Q8_0. */
const MOSTLY_Q8_0 = 7;

type Metadata = readonly [key: string, type: number, value: unknown, items?: number];

/** Little-endian bytes, grown as needed. */
class Bytes {
  #data = new DataView(new ArrayBuffer(1 << 16));
  length = 0;

  #room(bytes: number): number {
    const at = this.length;
    this.length += bytes;
    if (this.length > this.#data.byteLength) {
      const larger = new Uint8Array(Math.max(this.length, 2 * this.#data.byteLength));
      larger.set(new Uint8Array(this.#data.buffer));
      this.#data = new DataView(larger.buffer);
    }
    return at;
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#data.setUint32(at, value, true);
  }

  u64(value: number): void {
    const at = this.#room(8);
    this.#data.setBigUint64(at, BigInt(value), true);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    const at = this.#room(bytes.length);
    new Uint8Array(this.#data.buffer).set(bytes, at);
  }

  value(type: number, value: unknown, items = 0): void {
    if (type === UINT32) this.u32(value as number);
    else if (type === STRING) this.text(value as string);
    else if (type === ARRAY) {
      this.u32(items);
      this.u64((value as unknown[]).length);
      for (const item of value as unknown[]) this.value(items, item);
    } else if (type === BOOL) {
      const at = this.#room(1);
      this.#data.setUint8(at, value ? 1 : 0);
    } else {
      const at = this.#room(4);
      if (type === INT32) this.#data.setInt32(at, value as number, true);
      else this.#data.setFloat32(at, value as number, true);
    }
  }

  /** The bytes so far, filled up with zeros to the alignment. */
  aligned(): Uint8Array {
    return new Uint8Array(this.#data.buffer).slice(0, padded(this.length));
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Blocks of 32 weights that follow each other: `d = max|w| / 127` as float16, then `round(w / d)` (ggml-quants.c). */
export function quantiseQ8(values: Float32Array): Uint8Array {
  if (values.length % BLOCK !== 0) throw new Error(`${values.length} weights are no whole blocks of ${BLOCK}.`);
  const bytes = new Uint8Array((values.length / BLOCK) * BLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block * BLOCK < values.length; block++) {
    const part = values.subarray(block * BLOCK, (block + 1) * BLOCK);
    const scale = part.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    view.setUint16(block * BLOCK_BYTES, toHalf(scale), true);
    for (let i = 0; i < BLOCK; i++) {
      const quantised = scale === 0 ? 0 : Math.round((part[i] as number) / scale);
      view.setInt8(block * BLOCK_BYTES + 2 + i, quantised);
    }
  }
  return bytes;
}

/** Names of llama.cpp's `phi2` architecture → names in a Mipha checkpoint. */
function tensorNames(layers: number): [name: string, source: string][] {
  const names: [string, string][] = [
    ['token_embd', 'model.embed_tokens'],
    ['output_norm', 'model.final_layernorm'],
    ['output', 'lm_head'],
  ];
  const parts = {
    attn_norm: 'input_layernorm',
    attn_q: 'self_attn.q_proj',
    attn_k: 'self_attn.k_proj',
    attn_v: 'self_attn.v_proj',
    attn_output: 'self_attn.dense',
    ffn_up: 'mlp.fc1',
    ffn_down: 'mlp.fc2',
  };
  for (let layer = 0; layer < layers; layer++)
    for (const [name, source] of Object.entries(parts))
      names.push([`blk.${layer}.${name}`, `model.layers.${layer}.${source}`]);
  return names.flatMap(([name, source]): [string, string][] => [
    [`${name}.weight`, `${source}.weight`],
    ...(name === 'token_embd' ? [] : [[`${name}.bias`, `${source}.bias`] as [string, string]]),
  ]);
}

interface Bpe {
  model: { vocab: Record<string, number>; merges: (string | [string, string])[] };
  added_tokens: { id: number; content: string }[];
}

/** Kinds of tokens in llama.cpp: ordinary text, one that steers, one that is never used. */
const NORMAL = 1;
const CONTROL = 3;
const UNUSED = 5;

/** The tokenizer of tokenizer.json, filled up to the rows of the embedding. */
function tokenizerMetadata({ model, added_tokens }: Bpe, rows: number): Metadata[] {
  const tokens = Array.from({ length: rows }, (_, id) => `<unused ${id}>`);
  const kinds = tokens.map(() => UNUSED);
  for (const [text, id] of Object.entries(model.vocab)) [tokens[id], kinds[id]] = [text, NORMAL];
  for (const { id, content } of added_tokens) [tokens[id], kinds[id]] = [content, CONTROL];
  const end = added_tokens[0]?.id ?? 0;
  const merges = model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
  return [
    ['tokenizer.ggml.model', STRING, 'gpt2'],
    ['tokenizer.ggml.pre', STRING, 'phi-2'],
    ['tokenizer.ggml.tokens', ARRAY, tokens, STRING],
    ['tokenizer.ggml.token_type', ARRAY, kinds, INT32],
    ['tokenizer.ggml.merges', ARRAY, merges, STRING],
    ['tokenizer.ggml.bos_token_id', UINT32, end],
    ['tokenizer.ggml.eos_token_id', UINT32, end],
    ['tokenizer.ggml.add_bos_token', BOOL, false],
  ];
}

function architectureMetadata({ config }: Checkpoint): Metadata[] {
  const number = (key: string): number => Number(config[key]);
  const heads = number('num_attention_heads');
  const headSize = number('hidden_size') / heads;
  return [
    ['general.architecture', STRING, 'phi2'],
    ['general.file_type', UINT32, MOSTLY_Q8_0],
    ['general.quantization_version', UINT32, 2],
    ['phi2.context_length', UINT32, number('max_position_embeddings')],
    ['phi2.embedding_length', UINT32, number('hidden_size')],
    ['phi2.feed_forward_length', UINT32, number('intermediate_size')],
    ['phi2.block_count', UINT32, number('num_hidden_layers')],
    ['phi2.attention.head_count', UINT32, heads],
    ['phi2.attention.head_count_kv', UINT32, Number(config['num_key_value_heads'] ?? heads)],
    ['phi2.attention.layer_norm_epsilon', FLOAT32, number('layer_norm_eps')],
    ['phi2.rope.dimension_count', UINT32, headSize * Number(config['partial_rotary_factor'] ?? 0.5)],
    ['phi2.rope.freq_base', FLOAT32, Number(config['rope_theta'] ?? 10_000)],
  ];
}

/** Writes `path`. The checkpoint has to be in the layout of Mipha-Phi with separate q, k and v. */
export async function writeGguf(directory: string, path: string): Promise<void> {
  const files = folderSource(directory);
  const checkpoint = await openCheckpoint(files);
  const file = await open(path, 'w');
  try {
    const tokenizer = (await readJsonObject(files, 'tokenizer.json')) as unknown as Bpe;
    const metadata = [
      ...architectureMetadata(checkpoint),
      ...tokenizerMetadata(tokenizer, Number(checkpoint.config['vocab_size'])),
    ];
    const tensors = tensorNames(Number(checkpoint.config['num_hidden_layers'])).map(([name, source]) => {
      const dims = checkpoint.dims(source);
      if (!dims) throw new Error(`${directory} has no ${source}.`);
      const count = dims.reduce((product, dim) => product * dim, 1);
      const type = dims.length === 2 ? Q8_0 : F32;
      return { name, source, dims, type, bytes: type === Q8_0 ? (count / BLOCK) * BLOCK_BYTES : 4 * count };
    });
    const header = new Bytes();
    for (const word of [0x46554747 /* GGUF */, 3]) header.u32(word);
    header.u64(tensors.length);
    header.u64(metadata.length);
    for (const [key, type, value, items] of metadata) {
      header.text(key);
      header.u32(type);
      header.value(type, value, items);
    }
    let offset = 0;
    for (const { name, dims, type, bytes } of tensors) {
      header.text(name);
      header.u32(dims.length);
      for (const dim of dims.toReversed()) header.u64(dim); // the fastest dimension comes first
      header.u32(type);
      header.u64(offset);
      offset += padded(bytes);
    }
    await file.write(header.aligned());
    for (const { source, dims, type } of tensors) {
      const values = await checkpoint.tensor(source, dims).read();
      const data = type === Q8_0 ? quantiseQ8(values) : new Uint8Array(values.slice().buffer);
      await file.write(data);
      await file.write(new Uint8Array(padded(data.length) - data.length));
    }
  } finally {
    await file.close();
  }
}
