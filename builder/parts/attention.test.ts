import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWasmRuntime } from '../../runtime/ort.ts';
import type { Runtime } from '../../engine/runtime.ts';
import { Computed } from '../graph/computed.ts';
import { Graph } from '../graph/graph.ts';
import { serialise } from '../graph/onnx.ts';
import { attentionInputs, pastInputs } from '../language.ts';
import type { LanguageConfig } from '../families/family.ts';
import { given } from '../weights/float-tensor.ts';
import { causalAttention } from './attention.ts';
import type { Precision } from './precision.ts';

const FLOAT32: Precision = { weights: 'float32', bits: 8, table_bits: 8, activations: 'float32', accuracy_level: 0 };
const LENGTH = 64;
const WIDTH = 96;
const CONFIG = {
  heads: 6,
  kv_heads: 2,
  head_dim: 16,
  head_layout: Array.from({ length: 16 }, (_, i) => i),
  rotary_dim: 16,
  rope_theta: 10_000,
  rope_dtype: 'float32',
  hidden_size: WIDTH,
} as unknown as LanguageConfig;

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createWasmRuntime();
});
afterAll(() => runtime.dispose());

const wave = (count: number, step: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * step));
const matrix = (key: string, rows: number, step: number) => ({
  weight: given(key, [rows, WIDTH], () => wave(rows * WIDTH, step)),
  bias: null,
});

/** One attention layer; the sink is that of the CPU's graphs, or none. */
function layer(sink: boolean): Graph {
  const g = new Graph('attention');
  const x = g.input('x', 'float32', [1, 'sequence', WIDTH]);
  const shared = attentionInputs(g, CONFIG, LENGTH, 'float32', FLOAT32);
  const past = pastInputs(g, 0, CONFIG, 'float32');
  const w = { qkv: matrix('qkv', (6 + 2 * 2) * 16, 0.71), output: matrix('output', WIDTH, 0.37) };
  const chosen = sink ? shared : { ...shared, head_sink: null };
  const { y, present } = causalAttention(g, '/attn', x, {
    weights: w,
    heads: CONFIG,
    shared: chosen,
    past,
    precision: FLOAT32,
  });
  g.output('y', y, [1, 'sequence', WIDTH]);
  g.output('key', present.key, [1, 2, LENGTH, 16]);
  g.output('value', present.value, [1, 2, LENGTH, 16]);
  return g;
}

/** What a prompt of these parts leaves behind, and the cache. */
async function run(sink: boolean, parts: readonly number[]): Promise<Float32Array[]> {
  const g = layer(sink);
  const inline = new Map<string, Uint8Array>();
  for (const weight of g.weights.values()) inline.set(weight.name, await weight.bytes(new Computed()));
  const bytes = serialise(g, ({ name }) => ({ inline: inline.get(name) ?? new Uint8Array() }));
  const session = await runtime.createSession(bytes as Uint8Array<ArrayBuffer>, []);
  const key = runtime.allocate('float32', [1, 2, LENGTH, 16]);
  const value = runtime.allocate('float32', [1, 2, LENGTH, 16]);
  const seqlens_k = runtime.allocate('int32', [1]);
  const total_sequence_length = runtime.allocate('int32', [1]);
  const all = wave(LENGTH * WIDTH, 0.113);
  const results: Float32Array[] = [];
  let held = 0;
  for (const count of parts) {
    const x = runtime.allocate('float32', [1, count, WIDTH]);
    const y = runtime.allocate('float32', [1, count, WIDTH]);
    runtime.write(x, all.slice(held * WIDTH, (held + count) * WIDTH));
    held += count;
    runtime.write(seqlens_k, Int32Array.of(held - 1));
    runtime.write(total_sequence_length, Int32Array.of(held));
    const past = { 'past_key_values.0.key': key, 'past_key_values.0.value': value };
    await session.run({ x, seqlens_k, total_sequence_length, ...past }, { y, key, value });
    results.push((await runtime.read(y)) as Float32Array);
  }
  results.push((await runtime.read(key)) as Float32Array, (await runtime.read(value)) as Float32Array);
  await session.release();
  return results;
}

test('the sink chooses another kernel and changes no result: prompt, continuation, single tokens, cache', async () => {
  for (const parts of [[LENGTH], [40, 23, 1], [1, 1, 5, 33]]) {
    const [without, having] = [await run(false, parts), await run(true, parts)];
    for (const [part, values] of having.entries()) {
      const worst = values.reduce((most, v, i) => Math.max(most, Math.abs(v - (without[part]?.[i] as number))), 0);
      expect(worst).toBeLessThan(2e-5);
    }
    expect(having[0]?.some((v) => Math.abs(v) > 0.1)).toBe(true);
  }
});

test('graphs for GPUs have no sink: there it would turn the fast kernel off', () => {
  const sinkOf = (weights: Precision['weights']) =>
    attentionInputs(new Graph('g'), CONFIG, LENGTH, 'float32', { weights }).head_sink?.name;
  expect(sinkOf('blocks')).toBeUndefined();
  expect(sinkOf('int8')).toMatch(/-1e\+30/);
  expect(sinkOf('float32')).toMatch(/-1e\+30/);
});
