/** Makes tiny random-weight checkpoints in the published layouts, the same for the same seed: for tests, offline. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tinyTokenizer } from './tiny-tokenizer.ts';
import type { FloatName } from './weights/float.ts';
import { type NamedArray, writeSafetensors } from './weights/safetensors-write.ts';

export type TinyFamily = 'phi' | 'phi-fused' | 'gemma';

export interface TinyOptions {
  family?: TinyFamily;
  seed?: number;
  dtype?: FloatName;
  /** Longest conversation. @default 256 */
  max_length?: number;
  /** Write the tokenizer files too. @default true */
  tokenizer?: boolean;
  /** Spread the tensors over this many files with an index. @default 1 */
  shards?: number;
}

/** Sizes of every tiny model: small enough for milliseconds, wide enough to hit each code path. */
const HIDDEN = 64;
const HEADS = 4;
const LAYERS = 2;
const INNER = 160;
const VISION = { hidden: 48, inner: 80, layers: 3, heads: 4, image: 56, patch: 14 };

type Fill = (name: string, dims: readonly number[], kind: 'matrix' | 'one' | 'zero') => void;

/** Uniform numbers in [0, 1) from a 32-bit seed (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Matrices scaled so that signals keep their size; gains near one, biases near zero, none of them exactly. */
function filler(seed: number, arrays: NamedArray[]): Fill {
  const next = uniform(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return (name, dims, kind) => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const [centre, spread] =
      kind === 'one' ? [1, 0.1] : kind === 'zero' ? [0, 0.1] : [0, 1 / Math.sqrt(count / (dims[0] ?? 1))];
    arrays.push({ name, dims, values: Float32Array.from({ length: count }, () => centre + spread * normal()) });
  };
}

function linear(fill: Fill, name: string, outputs: number, inputs: number, bias: boolean): void {
  fill(`${name}.weight`, [outputs, inputs], 'matrix');
  if (bias) fill(`${name}.bias`, [outputs], 'zero');
}

function layerNorm(fill: Fill, name: string, width: number): void {
  fill(`${name}.weight`, [width], 'one');
  fill(`${name}.bias`, [width], 'zero');
}

function phiLayer(fill: Fill, at: string, fused: boolean): void {
  layerNorm(fill, `${at}.input_layernorm`, HIDDEN);
  const attention = `${at}.self_attn`;
  if (fused) linear(fill, `${attention}.query_key_value`, 3 * HIDDEN, HIDDEN, true);
  else for (const name of ['q_proj', 'k_proj', 'v_proj']) linear(fill, `${attention}.${name}`, HIDDEN, HIDDEN, true);
  linear(fill, `${attention}.dense`, HIDDEN, HIDDEN, true);
  linear(fill, `${at}.mlp.fc1`, INNER, HIDDEN, true);
  linear(fill, `${at}.mlp.fc2`, HIDDEN, INNER, true);
}

function gemmaLayer(fill: Fill, at: string): void {
  const headDim = HIDDEN / HEADS;
  // Gemma's gain is 1 + w, so w lies near zero.
  fill(`${at}.input_layernorm.weight`, [HIDDEN], 'zero');
  fill(`${at}.post_attention_layernorm.weight`, [HIDDEN], 'zero');
  linear(fill, `${at}.self_attn.q_proj`, HIDDEN, HIDDEN, false);
  for (const name of ['k_proj', 'v_proj']) linear(fill, `${at}.self_attn.${name}`, headDim, HIDDEN, false);
  linear(fill, `${at}.self_attn.o_proj`, HIDDEN, HIDDEN, false);
  for (const name of ['gate_proj', 'up_proj']) linear(fill, `${at}.mlp.${name}`, INNER, HIDDEN, false);
  linear(fill, `${at}.mlp.down_proj`, HIDDEN, INNER, false);
}

function languageTensors(fill: Fill, family: TinyFamily, vocabSize: number): void {
  fill('model.embed_tokens.weight', [vocabSize, HIDDEN], 'matrix');
  for (let i = 0; i < LAYERS; i++) {
    if (family === 'gemma') gemmaLayer(fill, `model.layers.${i}`);
    else phiLayer(fill, `model.layers.${i}`, family === 'phi-fused');
  }
  if (family === 'gemma') {
    fill('model.norm.weight', [HIDDEN], 'zero');
    return;
  }
  layerNorm(fill, 'model.final_layernorm', HIDDEN);
  linear(fill, 'lm_head', vocabSize, HIDDEN, true);
}

function visionTensors(fill: Fill): void {
  const { hidden, inner, layers, image, patch } = VISION;
  const at = 'model.vision_tower.vision_model';
  fill(`${at}.embeddings.patch_embedding.weight`, [hidden, 3, patch, patch], 'matrix');
  fill(`${at}.embeddings.patch_embedding.bias`, [hidden], 'zero');
  fill(`${at}.embeddings.position_embedding.weight`, [(image / patch) ** 2, hidden], 'matrix');
  for (let i = 0; i < layers; i++) {
    const layer = `${at}.encoder.layers.${i}`;
    layerNorm(fill, `${layer}.layer_norm1`, hidden);
    for (const name of ['k_proj', 'v_proj', 'q_proj', 'out_proj'])
      linear(fill, `${layer}.self_attn.${name}`, hidden, hidden, true);
    layerNorm(fill, `${layer}.layer_norm2`, hidden);
    linear(fill, `${layer}.mlp.fc1`, inner, hidden, true);
    linear(fill, `${layer}.mlp.fc2`, hidden, inner, true);
  }
  layerNorm(fill, `${at}.post_layernorm`, hidden);
  linear(fill, 'model.mm_projector.0', HIDDEN, hidden, true);
  linear(fill, 'model.mm_projector.2', HIDDEN, HIDDEN, true);
}

const ARCHITECTURE: Readonly<Record<TinyFamily, string>> = {
  phi: 'MiphaPhiForCausalLM',
  'phi-fused': 'MiphaPhi15ForCausalLM',
  gemma: 'MiphaGemmaForCausalLM',
};

function configOf(family: TinyFamily, vocabSize: number, maxLength: number, dtype: FloatName): object {
  const gemma = family === 'gemma';
  return {
    architectures: [ARCHITECTURE[family]],
    model_type: gemma ? 'mipha_gemma' : 'mipha_phi',
    vocab_size: vocabSize,
    hidden_size: HIDDEN,
    intermediate_size: INNER,
    num_hidden_layers: LAYERS,
    num_attention_heads: HEADS,
    num_key_value_heads: gemma ? 1 : HEADS,
    max_position_embeddings: maxLength,
    image_aspect_ratio: 'pad',
    torch_dtype: dtype,
    rope_dtype: 'float32',
    rope_theta: 10000,
    tie_word_embeddings: gemma,
    ...(gemma
      ? { head_dim: HIDDEN / HEADS, rms_norm_eps: 1e-6, hidden_act: 'gelu_pytorch_tanh' }
      : { partial_rotary_factor: 0.5, layer_norm_eps: 1e-5, hidden_act: 'gelu_new', qk_layernorm: false }),
    vision_config: {
      vision_tower: {
        hidden_size: VISION.hidden,
        intermediate_size: VISION.inner,
        num_hidden_layers: VISION.layers,
        num_attention_heads: VISION.heads,
        image_size: VISION.image,
        patch_size: VISION.patch,
        num_channels: 3,
        layer_norm_eps: 1e-6,
        hidden_act: 'gelu_pytorch_tanh',
        mm_vision_select_layer: -2,
        mm_vision_select_feature: 'patch',
        vision_model_name_or_path: 'siglip',
        model_type: 'siglip_vision_model',
      },
      mm_projector: { mm_projector_type: 'mlp2x_gelu', mm_hidden_size: VISION.hidden, hidden_size: HIDDEN },
    },
  };
}

async function writeWeights(directory: string, arrays: NamedArray[], dtype: FloatName, shards: number): Promise<void> {
  if (shards === 1) return writeSafetensors(join(directory, 'model.safetensors'), arrays, dtype);
  const weight_map: Record<string, string> = {};
  for (let i = 0; i < shards; i++) {
    const file = `model-0000${i + 1}-of-0000${shards}.safetensors`;
    const part = arrays.filter((_, index) => index % shards === i);
    for (const { name } of part) weight_map[name] = file;
    await writeSafetensors(join(directory, file), part, dtype);
  }
  await writeFile(join(directory, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map }));
}

/** Writes config.json, model.safetensors and the tokenizer files into `directory`, which is made when missing. */
export async function writeTinyCheckpoint(directory: string, options: TinyOptions = {}): Promise<void> {
  const { family = 'phi', seed = 1, dtype = 'float32', max_length = 256, tokenizer = true, shards = 1 } = options;
  const { tokenizer: tokenizerJson, config: tokenizerConfig, vocabSize } = tinyTokenizer();
  const arrays: NamedArray[] = [];
  const fill = filler(seed, arrays);
  languageTensors(fill, family, vocabSize);
  visionTensors(fill);
  await mkdir(directory, { recursive: true });
  await writeWeights(directory, arrays, dtype, shards);
  const write = (name: string, value: object): Promise<void> => writeFile(join(directory, name), JSON.stringify(value));
  await write('config.json', configOf(family, vocabSize, max_length, dtype));
  if (!tokenizer) return;
  await write('tokenizer.json', tokenizerJson);
  await write('tokenizer_config.json', tokenizerConfig);
}
