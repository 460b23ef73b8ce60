import { BinaryReader } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { Graph } from './graph.ts';
import { encodeNumbers, serialise } from './onnx.ts';
import { add, cast, int64s, reshape } from './ops.ts';
import type { Tensor } from './tensor.ts';

type Message = Map<number, (bigint | Uint8Array)[]>;

/** A protobuf message as its fields; varints as bigint, fixed32 and nested messages as bytes. */
function read(bytes: Uint8Array): Message {
  const reader = new BinaryReader(bytes);
  const fields: Message = new Map();
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    const value =
      wire === 0 ? BigInt(reader.int64()) : wire === 5 ? encodeNumbers('float32', [reader.float()]) : reader.bytes();
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

const nested = (message: Message, field: number): Message[] =>
  (message.get(field) ?? []).map((bytes) => read(bytes as Uint8Array));
const text = (message: Message, field: number): string[] =>
  (message.get(field) ?? []).map((bytes) => new TextDecoder().decode(bytes as Uint8Array));

const weight = (name: string): Tensor => ({
  name,
  blob: name,
  source: name,
  type: 'float32',
  dims: [2, 3],
  bytes: async () => new Uint8Array(24),
});

describe('Graph', () => {
  test('refuses a name that is taken and types that do not fit', () => {
    const g = new Graph('g');
    const x = g.input('x', 'float32', [1]);
    const i = g.input('i', 'int64', [1]);
    add(g, '/a', x, x);
    expect(() => add(g, '/a', x, x)).toThrow('/a');
    expect(() => add(g, '/b', x, i)).toThrow('int64');
    expect(() => g.input('x', 'float32', [1])).toThrow('twice');
  });

  test('equal constants are one, and a cast to the same type is none', () => {
    const g = new Graph('g');
    expect(int64s(g, [1, 2])).toEqual(int64s(g, [1, 2]));
    expect(g.constants.size).toBe(1);
    const x = g.input('x', 'float32', [1]);
    expect(cast(g, '/cast', x, 'float32')).toBe(x);
    expect(g.nodes).toEqual([]);
  });
});

describe('serialise', () => {
  const g = new Graph('tiny');
  const x = g.input('x', 'float32', ['n', 3]);
  const sum = add(g, '/sum/Add', x, g.weight(weight('w')));
  const norm = g.op('/norm', 'LayerNormalization', [sum, g.weight(weight('gain')), null], 'float32', {
    axis: -1,
    epsilon: { float: 0.5 },
  });
  g.output('y', reshape(g, '/Reshape', norm, [3, -1]), [3, 'n']);
  const bytes = serialise(g, ({ name }) =>
    name === 'w' ? { path: 'weights/a.bin', offset: 64 } : { inline: new Uint8Array(24) },
  );
  const model = read(bytes);
  const graph = nested(model, 7)[0] as Message;

  test('names versions, and every node with its inputs and outputs', () => {
    expect(model.get(1)).toEqual([10n]);
    expect(nested(model, 8).map((opset) => [text(opset, 1)[0] ?? '', opset.get(2)?.[0]])).toEqual([
      ['', 21n],
      ['com.microsoft', 1n],
    ]);
    const nodes = nested(graph, 1);
    expect(nodes.map((node) => text(node, 4)[0])).toEqual(['Add', 'LayerNormalization', 'Reshape']);
    expect(text(nodes[1] as Message, 1)).toEqual(['/sum/Add/output_0', 'gain', '']);
    expect(text(nodes[2] as Message, 2)).toEqual(['y']);
  });

  test('writes int and float attributes as what they are', () => {
    const [axis, epsilon] = nested(nested(graph, 1)[1] as Message, 5);
    expect([text(axis as Message, 1)[0], axis?.get(3)?.[0], axis?.get(20)?.[0]]).toEqual(['axis', -1n, 2n]);
    expect([text(epsilon as Message, 1)[0], epsilon?.get(20)?.[0]]).toEqual(['epsilon', 1n]);
    expect(epsilon?.get(2)?.[0]).toEqual(encodeNumbers('float32', [0.5]));
  });

  test('keeps large weights outside and small ones inside', () => {
    const tensors = new Map(nested(graph, 5).map((tensor) => [text(tensor, 8)[0], tensor]));
    const outside = tensors.get('w') as Message;
    const entries = nested(outside, 13).map((entry) => [text(entry, 1)[0], text(entry, 2)[0]]);
    expect(Object.fromEntries(entries)).toEqual({ location: 'weights/a.bin', offset: '64', length: '24' });
    expect(outside.get(14)).toEqual([1n]);
    expect(outside.get(9)).toBeUndefined();
    expect(tensors.get('gain')?.get(9)?.[0]).toEqual(new Uint8Array(24));
  });

  test('gives inputs and outputs their type and dims, known or named', () => {
    const port = nested(graph, 11)[0] as Message;
    const type = nested(nested(port, 2)[0] as Message, 1)[0] as Message;
    const dims = nested(nested(type, 2)[0] as Message, 1);
    expect(type.get(1)).toEqual([1n]);
    expect(dims.map((dim) => dim.get(1)?.[0] ?? text(dim, 2)[0])).toEqual(['n', 3n]);
  });

  test('a float without its wrapper is a programming error', () => {
    const wrong = new Graph('wrong');
    wrong.op('/a', 'LeakyRelu', [wrong.input('x', 'float32', [1])], 'float32', { alpha: 0.5 });
    expect(() => serialise(wrong, () => ({ inline: new Uint8Array() }))).toThrow('alpha');
  });
});
