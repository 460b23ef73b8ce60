/** Runs a model of any size in float32, one layer in memory at a time: the known answer of models too large to load. */
import type { Model } from './families/model.ts';
import { Computed } from './graph/computed.ts';
import { Graph, type Value } from './graph/graph.ts';
import { reshape } from './graph/ops.ts';
import { serialise } from './graph/onnx.ts';
import { attentionInputs, decoderLayer, decoderOf, pastInputs } from './language.ts';
import { connector } from './parts/connector.ts';
import { norm } from './parts/norms.ts';
import type { Precision } from './parts/precision.ts';
import { towerFeatures, towerLayer, towerStem } from './parts/tower.ts';
import type { FloatTensor } from './weights/float-tensor.ts';
import { type Runtime, type Weights, asFloat32, elementCount } from '../engine/runtime.ts';

const FLOAT32: Precision = { weights: 'float32', bits: 8, table_bits: 8, activations: 'float32', accuracy_level: 0 };

type Feed = { name: string; dims: number[]; data: Float32Array | Int32Array };

/** Builds one small graph, loads its weights, runs it once and lets go of everything. */
async function runPiece(
  runtime: Runtime,
  build: (g: Graph) => Value,
  feeds: readonly Feed[],
  outputDims: number[],
  extra: Readonly<Record<string, number[]>> = {},
): Promise<Float32Array> {
  const g = new Graph('piece');
  g.output('y', build(g), outputDims);
  const weights: Weights[] = [];
  const computed = new Computed();
  for (const tensor of g.weights.values())
    weights.push({ path: tensor.name, data: Uint8Array.from(await tensor.bytes(computed)) });
  const graph = serialise(g, (tensor) => ({ path: tensor.name, offset: 0 }));
  const session = await runtime.createSession(Uint8Array.from(graph), weights);
  weights.length = 0;
  const inputs = feeds.map(({ name, dims, data }) => {
    const host = data instanceof Int32Array;
    const tensor = runtime.allocate(host ? 'int32' : 'float32', dims, { host });
    runtime.write(tensor, data);
    return [name, tensor] as const;
  });
  const y = runtime.allocate('float32', outputDims);
  const others = Object.entries(extra).map(([name, dims]) => [name, runtime.allocate('float32', dims)] as const);
  try {
    await session.run(Object.fromEntries(inputs), { y, ...Object.fromEntries(others) });
    return asFloat32(await runtime.read(y)).slice();
  } finally {
    await session.release();
    for (const [, tensor] of [...inputs, ...others]) runtime.free(tensor);
    runtime.free(y);
  }
}

/** pixel_values of one picture → image_embeds. */
async function see(runtime: Runtime, model: Model, pixels: Float32Array): Promise<Float32Array> {
  const { vision: c, weights } = model;
  const rows = [1, c.tower_rows, c.hidden_size];
  const side = c.image_size;
  const picture = { name: 'pixel_values', dims: [1, 3, side, side], data: pixels };
  const stem = (g: Graph): Value =>
    towerStem(g, '/vision', g.input('pixel_values', 'float32', picture.dims), weights.tower, FLOAT32);
  let x = await runPiece(runtime, stem, [picture], rows);
  for (const layer of weights.tower.layers) {
    const build = (g: Graph): Value =>
      towerLayer(g, '/layer', g.input('x', 'float32', rows), layer, weights.tower.heads, FLOAT32);
    x = await runPiece(runtime, build, [{ name: 'x', dims: rows, data: x }], rows);
  }
  const connect = (g: Graph): Value => {
    const features = towerFeatures(g, '/vision', g.input('x', 'float32', rows), weights.tower);
    const flat = reshape(g, '/Reshape', features, [-1, c.hidden_size]);
    return connector(g, '/connector', flat, weights.connector, FLOAT32);
  };
  return runPiece(runtime, connect, [{ name: 'x', dims: rows, data: x }], [c.image_tokens, c.connector_size]);
}

/** [rows, width] picked from the token table and from image_embeds, times the family's scale. */
async function embedRows(
  { family, language, weights }: Model,
  ids: readonly number[],
  imageEmbeds: Float32Array,
): Promise<Float32Array> {
  const width = language.hidden_size;
  const table = await weights.language.embed_tokens.read();
  const scale = Math.fround(family.embed_scale(language) ?? 1);
  const x = new Float32Array(ids.length * width);
  for (const [i, id] of ids.entries()) {
    const [source, row] = id < language.vocab_size ? [table, id] : [imageEmbeds, id - language.vocab_size];
    for (let d = 0; d < width; d++) x[i * width + d] = (source[row * width + d] as number) * scale;
  }
  return x;
}

/** One row times a large matrix [outputs, inputs], without turning the matrix. */
async function project(row: Float32Array, weight: FloatTensor, bias: FloatTensor | null): Promise<Float32Array> {
  const [outputs = 0, inputs = 0] = weight.dims;
  const values = await weight.read();
  const y = bias ? Float32Array.from(await bias.read()) : new Float32Array(outputs);
  for (let n = 0; n < outputs; n++) {
    let sum = 0;
    for (let k = 0; k < inputs; k++) sum += (row[k] as number) * (values[n * inputs + k] as number);
    y[n] = (y[n] as number) + sum;
  }
  return y;
}

/**
 * image_embeds of a picture and the logits behind a prompt.
 * @param createRuntime a new runtime on the CPU
 * @param ids `vocab_size + row` is row of image_embeds
 * @param onLayer called before each layer with its number and how many there are
 */
export async function streamedAnswer(
  createRuntime: () => Promise<Runtime>,
  model: Model,
  pixels: Float32Array,
  ids: readonly number[],
  onLayer?: (done: number, total: number) => void,
): Promise<{ image_embeds: Float32Array; logits: Float32Array }> {
  const { language: c, weights } = model;
  const decoder = decoderOf(model, FLOAT32);
  const runtime = await createRuntime();
  try {
    const image_embeds = await see(runtime, model, pixels);
    const length = ids.length;
    const dims = [1, length, c.hidden_size];
    const cache = [1, c.kv_heads, length, c.head_layout.length];
    const empty = new Float32Array(elementCount(cache));
    let x = await embedRows(model, ids, image_embeds);
    for (let i = 0; i < c.num_hidden_layers; i++) {
      onLayer?.(i, c.num_hidden_layers);
      const build = (g: Graph): Value => {
        const input = g.input('x', 'float32', dims);
        const shared = attentionInputs(g, c, length, 'float32', FLOAT32);
        const past = pastInputs(g, i, c, 'float32');
        const { y, present } = decoderLayer(g, decoder, { at: '/layer', i, x: input, shared, past });
        g.output('present_key', present.key, cache);
        g.output('present_value', present.value, cache);
        return y;
      };
      const feeds: Feed[] = [
        { name: 'x', dims, data: x },
        { name: 'seqlens_k', dims: [1], data: Int32Array.of(length - 1) },
        { name: 'total_sequence_length', dims: [1], data: Int32Array.of(length) },
        { name: `past_key_values.${i}.key`, dims: cache, data: empty },
        { name: `past_key_values.${i}.value`, dims: cache, data: empty },
      ];
      x = await runPiece(runtime, build, feeds, dims, { present_key: cache, present_value: cache });
    }
    const last = { name: 'x', dims: [1, c.hidden_size], data: x.slice(-c.hidden_size) };
    const finish = (g: Graph): Value =>
      norm(g, '/norm', g.input('x', 'float32', last.dims), weights.language.final_norm);
    const normed = await runPiece(runtime, finish, [last], last.dims);
    return {
      image_embeds,
      logits: await project(normed, weights.language.lm_head.weight, weights.language.lm_head.bias),
    };
  } finally {
    await runtime.dispose();
  }
}
