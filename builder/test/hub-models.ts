/** Tiny random models in the exact layout of the hub: `tiny/llava`, `tiny/onevision` and `tiny/smolvlm`. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Graph } from '../graph/graph.ts';
import { cast, matmul, mul, reshape } from '../graph/ops.ts';
import { serialise } from '../graph/onnx.ts';
import { buildPeerFolder } from '../../cli/build-folder.ts';
import { writeTinyFolder } from './folders.ts';

/** Side of a tile in pixels, and the rows of features it becomes. */
const TILE = 32;
const ROWS = 4;
/** Pictures are enlarged or shrunk to this longest side, then cut into tiles. */
const LONGEST = 64;
const SUFFIXES = ['', '_quantized', '_q4', '_q4f16'];

/** The published template of SmolVLM-Instruct. */
const SMOLVLM_TEMPLATE =
  "<|im_start|>{% for message in messages %}{{message['role'] | capitalize}}{% if message['content'][0]['type'] == 'image' %}{{':'}}{% else %}{{': '}}{% endif %}{% for line in message['content'] %}{% if line['type'] == 'text' %}{{line['text']}}{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}";

/** Reproducible numbers around 0. */
function noise(length: number): Float32Array {
  let state = 12345;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

/**
 * ```
 * pixel_values [1,n,3,T,T] ─ Reshape [n,R,3·T·T/R] ─ MatMul ─ (· mean of the mask) ─ image_features [n,R,D]
 * ```
 */
function tileEncoder(hiddenSize: number): Uint8Array {
  const g = new Graph('vision_encoder');
  const pixels = g.input('pixel_values', 'float32', [1, 'num_images', 3, TILE, TILE]);
  const mask = g.input('pixel_attention_mask', 'bool', [1, 'num_images', TILE, TILE]);
  const width = (3 * TILE * TILE) / ROWS;
  const bytes = new Uint8Array(noise(width * hiddenSize).buffer);
  const dims = [width, hiddenSize];
  const weight = g.weight({
    name: 'projection',
    blob: 'projection',
    source: 'projection',
    type: 'float32',
    dims,
    bytes: async () => bytes,
  });
  const rows = reshape(g, '/rows/Reshape', pixels, [-1, ROWS, width]);
  const features = matmul(g, '/projection/MatMul', rows, weight);
  const share = g.op('/mask/ReduceMean', 'ReduceMean', [cast(g, '/mask/Cast', mask, 'float32')], 'float32', {
    keepdims: 0,
  });
  g.output('image_features', mul(g, '/Mul', features, share), ['num_images', ROWS, hiddenSize]);
  return serialise(g, () => ({ inline: bytes }));
}

async function json(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
}

/** Makes a SmolVLM of a llava folder: another vision graph, other settings, the same language model. */
async function toSmolvlm(folder: string): Promise<void> {
  const write = (name: string, value: object): Promise<void> =>
    writeFile(join(folder, name), `${JSON.stringify(value, null, 1)}\n`);
  const config = await json(join(folder, 'config.json'));
  const text = config['text_config'] as { hidden_size: number };
  const external = { ...(config['transformers.js_config'] as { use_external_data_format: Record<string, number> }) };
  const dataFiles = { ...external.use_external_data_format };
  for (const suffix of SUFFIXES) {
    const name = `vision_encoder${suffix}.onnx`;
    delete dataFiles[name];
    await rm(join(folder, 'onnx', `${name}_data`));
    await writeFile(join(folder, 'onnx', name), tileEncoder(text.hidden_size));
  }
  await write('config.json', {
    ...config,
    architectures: ['SmolVLMForConditionalGeneration'],
    model_type: 'smolvlm',
    scale_factor: 4,
    'transformers.js_config': { use_external_data_format: dataFiles },
  });
  await write('preprocessor_config.json', {
    processor_class: 'SmolVLMProcessor',
    image_processor_type: 'SmolVLMImageProcessor',
    do_convert_rgb: true,
    do_image_splitting: true,
    do_resize: true,
    resample: 1,
    size: { longest_edge: LONGEST },
    max_image_size: { longest_edge: TILE },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
    do_pad: true,
  });
  await write('processor_config.json', { processor_class: 'SmolVLMProcessor', image_seq_len: ROWS });
  const { chat_template: _, ...tokenizer } = await json(join(folder, 'tokenizer_config.json'));
  await write('tokenizer_config.json', { ...tokenizer, processor_class: 'SmolVLMProcessor' });
  await write('chat_template.json', { chat_template: SMOLVLM_TEMPLATE });
}

/** Makes a LLaVA-OneVision of a llava folder: the same graphs, and a processor whose class the library does not have. */
async function toOnevision(folder: string): Promise<void> {
  const write = (name: string, value: object): Promise<void> =>
    writeFile(join(folder, name), `${JSON.stringify(value, null, 1)}\n`);
  const processor_class = 'LlavaOnevisionProcessor';
  const architectures = ['LlavaOnevisionForConditionalGeneration'];
  await write('config.json', {
    ...(await json(join(folder, 'config.json'))),
    model_type: 'llava_onevision',
    architectures,
  });
  for (const name of ['preprocessor_config.json', 'processor_config.json', 'tokenizer_config.json'])
    await write(name, { ...(await json(join(folder, name))), processor_class });
}

/** Writes the three models into `folder`. */
export async function writeHubModels(folder: string): Promise<void> {
  const checkpoint = join(folder, 'checkpoint');
  const llava = join(folder, 'tiny/llava');
  await mkdir(join(folder, 'tiny'), { recursive: true });
  await writeTinyFolder(checkpoint, { family: 'phi', max_length: 1024 });
  await buildPeerFolder({ checkpoint, out: llava });
  await rm(checkpoint, { recursive: true });
  // Random models do not end by themselves, and nobody wants to wait for what they say.
  const generation = join(llava, 'generation_config.json');
  await writeFile(generation, JSON.stringify({ ...(await json(generation)), max_new_tokens: 24 }));
  const smolvlm = join(folder, 'tiny/smolvlm');
  await cp(llava, smolvlm, { recursive: true });
  await toSmolvlm(smolvlm);
  const onevision = join(folder, 'tiny/onevision');
  await cp(llava, onevision, { recursive: true });
  await toOnevision(onevision);
}
