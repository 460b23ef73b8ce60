import { describe, expect, test } from 'vitest';
import { createWasmRuntime } from '../../runtime/ort.ts';
import { Computed } from '../graph/computed.ts';
import { Graph } from '../graph/graph.ts';
import { serialise } from '../graph/onnx.ts';
import { type FloatTensor, given } from '../weights/float-tensor.ts';
import { embed } from './embedding.ts';
import { linear } from './linear.ts';
import type { Precision } from './precision.ts';
import { headLayout, rotaryTable } from './rotary.ts';

const base: Precision = { weights: 'float32', bits: 8, table_bits: 8, activations: 'float32', accuracy_level: 0 };
const zeros = (key: string, dims: number[]): FloatTensor =>
  given(key, dims, () => new Float32Array(dims.reduce((a, b) => a * b, 1)));

describe('headLayout', () => {
  test.each([
    [80, 32],
    [64, 32],
    [256, 256],
    [64, 64],
    [128, 128],
  ])('a head of %i with rotary %i of the published models needs no filling', (head, rotary) => {
    expect(headLayout(head, rotary)).toEqual(Array.from({ length: head }, (_, i) => i));
  });

  test('a narrow rotary part keeps its pairs half a rotary width apart', () => {
    const layout = headLayout(20, 8);
    expect(layout).toHaveLength(32);
    for (let j = 0; j < 4; j++) {
      expect(layout[j]).toBe(j);
      expect(layout[j + 8]).toBe(j + 4);
    }
    expect(layout.filter((d) => d >= 0).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});

describe('rotaryTable', () => {
  test('turns pair j at position t by t · theta^(−2j/dim), and filling columns by nothing', async () => {
    const [cos, sin] = await Promise.all(
      (['cos', 'sin'] as const).map((kind) => rotaryTable(kind, 5, 8, 10_000, 'float32').read()),
    );
    expect(cos?.[3 * 8 + 1]).toBeCloseTo(Math.cos(3 * 0.1), 6);
    expect(sin?.[4 * 8 + 2]).toBeCloseTo(Math.sin(4 * 0.01), 6);
    expect([cos?.[4 * 8 + 5], sin?.[4 * 8 + 5]]).toEqual([1, 0]);
  });

  test('frequencies rounded to float16 differ, which a name must tell', async () => {
    const exact = rotaryTable('cos', 2000, 8, 10_000, 'float32');
    const rounded = rotaryTable('cos', 2000, 8, 10_000, 'float16');
    expect(exact.key).not.toBe(rounded.key);
    expect(await exact.read()).not.toEqual(await rounded.read());
  });
});

describe('linear', () => {
  const layer = { weight: zeros('w', [16, 64]), bias: zeros('b', [16]) };
  const ops = (p: Precision): string[] => {
    const g = new Graph('g');
    linear(g, '/l', g.input('x', p.activations, [1, 64]), layer, p);
    return g.nodes.map(({ op }) => op);
  };

  test('each precision has its operators', () => {
    expect(ops(base)).toEqual(['MatMul', 'Add']);
    expect(ops({ ...base, weights: 'int8' })).toEqual(['DynamicQuantizeMatMul']);
    expect(ops({ ...base, weights: 'blocks', activations: 'float16' })).toEqual(['MatMulNBits']);
  });

  test('a float16 graph cannot hold weights that only compute in float32', () => {
    expect(() => ops({ ...base, activations: 'float16' })).toThrow('float16');
  });

  test('float16 and float32 graphs of one weight share its codes and not its scales', () => {
    const [half, single] = (['float16', 'float32'] as const).map((activations) => {
      const g = new Graph('g');
      linear(g, '/l', g.input('x', activations, [1, 64]), layer, { ...base, weights: 'blocks', activations });
      return [...g.weights.values()].map(({ blob }) => blob);
    });
    expect(half?.filter((blob) => single?.includes(blob))).toEqual(['w.q8']);
  });
});

test('a wide int8 layer in parts gives the numbers of one piece to the last bit', async () => {
  const wave = (count: number, step: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * step));
  const layer = {
    weight: given('w', [100, 32], () => wave(3200, 0.7)),
    bias: given('b', [100], () => wave(100, 0.3)),
  };
  const runtime = await createWasmRuntime();
  const run = async (p: Precision): Promise<{ ops: number; y: number[] }> => {
    const g = new Graph('g');
    g.output('y', linear(g, '/l', g.input('x', 'float32', [1, 3, 32]), layer, p), [1, 3, 100]);
    const bytes = new Map<string, Uint8Array>();
    for (const tensor of g.weights.values()) bytes.set(tensor.name, await tensor.bytes(new Computed()));
    const graph = serialise(g, ({ name }) => ({ inline: bytes.get(name) as Uint8Array }));
    const session = await runtime.createSession(graph as Uint8Array<ArrayBuffer>, []);
    const [x, y] = [runtime.allocate('float32', [1, 3, 32]), runtime.allocate('float32', [1, 3, 100])];
    runtime.write(x, wave(96, 0.11));
    await session.run({ x }, { y });
    return { ops: g.nodes.length, y: [...((await runtime.read(y)) as Float32Array)] };
  };
  const int8: Precision = { ...base, weights: 'int8' };
  const whole = await run({ ...int8, int8_parts: { from: 100, columns: 24 } });
  const parts = await run({ ...int8, int8_parts: { from: 99, columns: 24 } });
  await runtime.dispose();
  expect([whole.ops, parts.ops]).toEqual([1, 7]);
  expect(parts.y).toEqual(whole.y);
  expect(new Set(whole.y).size).toBeGreaterThan(200);
});

test('ids become rows by tables: tokens below the vocabulary, picture rows above it', async () => {
  const g = new Graph('g');
  const ids = g.input('input_ids', 'int64', [1, 'sequence']);
  const rows = g.input('image_embeds', 'float32', ['rows', 8]);
  embed(g, '/embed', ids, rows, zeros('table', [4, 8]), 3, base);
  const table = async (name: string): Promise<number[]> => {
    const tensor = [...g.weights.values()].find((weight) => weight.name.startsWith(name));
    const bytes = Uint8Array.from((await tensor?.bytes(new Computed())) ?? []);
    return [...new Int32Array(bytes.buffer)];
  };
  expect(await table('token_of_id')).toEqual([0, 1, 2, 3, 0, 0, 0]);
  expect(await table('row_of_id')).toEqual([0, 0, 0, 0, 0, 1, 2]);
  expect(await table('slot_of_id')).toEqual([-4, -3, -2, -1, 0, 1, 2]);
  // WebGPU has no kernels for these on int64.
  const onIds = g.nodes.filter(({ inputs }) => inputs.includes('input_ids'));
  expect(onIds.map(({ op }) => op)).toEqual(['Gather', 'Gather', 'Gather']);
});
