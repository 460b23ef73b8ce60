/** A checkpoint → a folder that @huggingface/transformers loads as `model_type: llava`. */
import { AppError } from '../../contract/errors.ts';
import type { Source } from '../../contract/files.ts';
import type { Preprocessor } from '../../contract/manifest.ts';
import { type BuildOptions, LOADABLE_BYTES, maxLengthOf } from '../build.ts';
import { writeGraph } from '../emit/graph-file.ts';
import { readPreprocessor } from '../emit/preprocessor.ts';
import { promptTemplate } from '../emit/prompt.ts';
import { planShards, type ShardPlan, writeShards } from '../emit/shards.ts';
import { writeText } from '../emit/text-file.ts';
import { emitTokenizer } from '../emit/tokenizer.ts';
import type { Graph } from '../graph/graph.ts';
import { byteLength } from '../graph/tensor.ts';
import { type Model, readModel } from '../families/model.ts';
import { planVariant, type VariantId } from '../variants.ts';
import { openCheckpoint, readJsonObject } from '../weights/checkpoint.ts';
import {
  chatTemplate,
  generationConfig,
  modelConfig,
  preprocessorConfig,
  processorConfig,
} from './transformers-js-configs.ts';
import { type PeerGraphs, peerGraphs } from './transformers-js-graphs.ts';
import { addImageToken, type ImageToken } from './transformers-js-tokenizer.ts';

/** The library's names for precisions: its `dtype` and what it appends to file names. */
const DTYPES: Readonly<Partial<Record<VariantId, { dtype: string; suffix: string }>>> = {
  f32: { dtype: 'fp32', suffix: '' },
  'wasm-int8': { dtype: 'q8', suffix: '_quantized' },
  'webgpu-q4f32': { dtype: 'q4', suffix: '_q4' },
  'webgpu-q4f16': { dtype: 'q4f16', suffix: '_q4f16' },
};

export const PEER_VARIANTS = Object.keys(DTYPES) as VariantId[];

/** Bytes of one data file at most, unless a tensor is larger: browsers cannot allocate much more in one piece. */
const DATA_FILE_BYTES = 1024 ** 3;

export interface PeerModel {
  /** Bytes of graphs and weights by the library's dtype. */
  sizes: { id: string; bytes: number }[];
  /** Bytes of the folder. */
  total: number;
}

/** One .onnx file and the weights beside it. */
interface PeerFile {
  name: string;
  dtype: string;
  graph: Graph;
  plan: ShardPlan;
}

/** Those of `buildModel` that this layout knows. */
export interface PeerOptions
  extends Pick<BuildOptions, 'checkpoint' | 'visionTower' | 'out' | 'tokenizer' | 'signal' | 'onProgress'> {
  variants?: readonly string[] | undefined;
}

/** Builds the folder. Throws what `buildModel` throws, and aborts the sink then. */
export async function buildTransformersJs(options: PeerOptions): Promise<PeerModel> {
  const { visionTower, out } = options;
  try {
    const checkpoint = await openCheckpoint(options.checkpoint);
    const tower = visionTower && (await openCheckpoint(visionTower));
    const model = readModel(checkpoint, tower);
    const variants = options.variants ?? defaultVariants(model);
    for (const id of variants) dtypeOf(id);
    const processor = await readPreprocessor(model, [checkpoint.files, ...(tower ? [tower.files] : [])]);
    const built = await writeLayout(model, processor, variants, options);
    await out.finish();
    return built;
  } catch (error) {
    await out.abort();
    throw error;
  }
}

function dtypeOf(id: string): { dtype: string; suffix: string } {
  const found = DTYPES[id as VariantId];
  if (found) return found;
  const known = PEER_VARIANTS.join(', ');
  throw new AppError('request-invalid', `transformers.js has no precision like ${id}. Known are ${known}.`, { id });
}

/** Everything, but float32 only where a page could hold it. */
function defaultVariants(model: Model): readonly VariantId[] {
  const { precision } = planVariant('f32', model.language);
  const graphs = Object.values(peerGraphs(model, precision, model.language.vocab_size, 1)) as Graph[];
  const bytes = graphs.flatMap((graph) => [...graph.weights.values()]).reduce((sum, w) => sum + byteLength(w), 0);
  return bytes > LOADABLE_BYTES ? PEER_VARIANTS.filter((id) => id !== 'f32') : PEER_VARIANTS;
}

async function writeLayout(
  model: Model,
  processor: Preprocessor,
  variants: readonly string[],
  options: PeerOptions,
): Promise<PeerModel> {
  const { checkpoint, out } = options;
  const { language, vision } = model;
  const maxLength = maxLengthOf(model);
  const tokenizer = await emitTokenizer(checkpoint, out, language.vocab_size, options.tokenizer ?? true);
  const prompt = promptTemplate(model, tokenizer);
  const image = await addImageToken(out, tokenizer, prompt, language.vocab_size);
  const files = variants.flatMap((id) => filesOf(model, id, image, maxLength));
  await writeGraphs(files, options);

  const write = (name: string, value: object): Promise<void> =>
    writeText(out, name, `${JSON.stringify(value, null, 1)}\n`);
  const dataFiles = Object.fromEntries(files.map(({ name, plan }) => [`${name}.onnx`, dataPaths(plan).length]));
  const rows = { token: image.id, rows: vision.image_tokens };
  await write('config.json', modelConfig(model, rows, prompt.stop_ids, dataFiles));
  const maxTokens = Math.min(512, Math.floor(maxLength / 2));
  await write('generation_config.json', generationConfig(prompt.stop_ids, prompt.bos_id, maxTokens));
  await write('preprocessor_config.json', preprocessorConfig(processor));
  await write('processor_config.json', processorConfig(image.content, vision));
  if (tokenizer.files.length > 0) {
    const config = await readJsonObject(out.written, 'tokenizer_config.json');
    const chat_template = chatTemplate(prompt, image.content, image.bos);
    await write('tokenizer_config.json', { ...config, processor_class: 'LlavaProcessor', chat_template });
  }
  const sizes = variants.map(async (id) => {
    const own = files.filter(({ dtype }) => dtype === dtypeOf(id).dtype).map(({ name }) => `onnx/${name}.onnx`);
    const bytes = await bytesOf(out.written, (path) => own.some((file) => path.startsWith(file)));
    return { id: dtypeOf(id).dtype, bytes };
  });
  return { sizes: await Promise.all(sizes), total: await bytesOf(out.written, () => true) };
}

async function bytesOf(files: Source, pick: (path: string) => boolean): Promise<number> {
  const sizes = (await files.list()).filter(pick).map((path) => files.size(path));
  return (await Promise.all(sizes)).reduce<number>((sum, size = 0) => sum + size, 0);
}

function filesOf(model: Model, id: string, image: ImageToken, maxLength: number): PeerFile[] {
  const { dtype, suffix } = dtypeOf(id);
  // As published exports have it: every layer in one piece.
  const { int8_parts: _, ...precision } = planVariant(id, model.language).precision;
  const graphs = peerGraphs(model, precision, image.id, maxLength);
  return (Object.keys(graphs) as (keyof PeerGraphs)[]).map((session) => {
    const name = `${session}${suffix}`;
    const graph = graphs[session];
    // The library looks for `<file>.onnx_data`, then `<file>.onnx_data_1` and so on.
    const pathOf = (count: number): string => `${name}.onnx_data${count === 1 ? '' : `_${count - 1}`}`;
    const plan = planShards([{ id: name, graphs: [graph] }], DATA_FILE_BYTES, (_, count) => pathOf(count));
    return { name, dtype, graph, plan };
  });
}

function dataPaths({ weights }: ShardPlan): string[] {
  return [...weights.values()].flat();
}

async function writeGraphs(
  files: readonly PeerFile[],
  { out, onProgress, signal }: Pick<PeerOptions, 'out' | 'onProgress' | 'signal'>,
): Promise<void> {
  // In one go, so that a tensor which several files hold is read and rounded once.
  const all: ShardPlan = {
    blobs: new Map(files.flatMap(({ name, plan }) => [...plan.blobs].map(([key, blob]) => [`${name} ${key}`, blob]))),
    weights: new Map(files.flatMap(({ plan }) => [...plan.weights])),
    bytes: files.reduce((sum, { plan }) => sum + plan.bytes, 0),
  };
  const onBytes = (bytes: number): void => onProgress?.('weights', bytes, all.bytes);
  await writeShards(out, all, { below: 'onnx', signal, onBytes });
  for (const { name, graph, plan } of files) await writeGraph(out, `onnx/${name}.onnx`, graph, plan);
}
