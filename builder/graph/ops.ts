/** Standard operators as functions of values, each refusing element types that ONNX would refuse at load. */
import type { Graph, Value } from './graph.ts';
import type { DType } from './tensor.ts';

function same(name: string, ...values: readonly Value[]): DType {
  const type = (values[0] as Value).type;
  for (const value of values)
    if (value.type !== type) throw new Error(`${name}: ${values.map((v) => `${v.name} ${v.type}`).join(', ')}`);
  return type;
}

export function add(g: Graph, name: string, a: Value, b: Value): Value {
  return g.op(name, 'Add', [a, b], same(name, a, b));
}

export function mul(g: Graph, name: string, a: Value, b: Value): Value {
  return g.op(name, 'Mul', [a, b], same(name, a, b));
}

export function matmul(g: Graph, name: string, a: Value, b: Value): Value {
  return g.op(name, 'MatMul', [a, b], same(name, a, b));
}

const ONNX_TYPE: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

/** The ONNX number of an element type. */
export function onnxType(type: DType): number {
  return ONNX_TYPE[type];
}

/** The value itself when it already has the type. */
export function cast(g: Graph, name: string, value: Value, type: DType): Value {
  if (value.type === type) return value;
  return g.op(name, 'Cast', [value], type, { to: onnxType(type) });
}

/** Rows of `data` at `indices`. */
export function gather(g: Graph, name: string, data: Value, indices: Value): Value {
  return g.op(name, 'Gather', [data, indices], data.type, { axis: 0 });
}

export function where(g: Graph, name: string, condition: Value, yes: Value, no: Value): Value {
  return g.op(name, 'Where', [condition, yes, no], same(name, yes, no));
}

export function less(g: Graph, name: string, a: Value, b: Value): Value {
  same(name, a, b);
  return g.op(name, 'Less', [a, b], 'bool');
}

/** 0 keeps a dimension, −1 takes what is left. */
export function reshape(g: Graph, name: string, value: Value, dims: readonly number[]): Value {
  return g.op(name, 'Reshape', [value, int64s(g, dims)], value.type);
}

export function transposeAxes(g: Graph, name: string, value: Value, perm: readonly number[]): Value {
  return g.op(name, 'Transpose', [value], value.type, { perm });
}

/** Parts of the given sizes along an axis. */
export function split(g: Graph, name: string, value: Value, sizes: readonly number[], axis: number): Value[] {
  const types = sizes.map(() => value.type);
  return g.ops(name, 'Split', [value, int64s(g, sizes)], types, { axis });
}

/** [1, S, D] → [1, 1, D]: the last position. */
export function lastPosition(g: Graph, name: string, value: Value): Value {
  const inputs = [value, int64s(g, [-1]), int64s(g, [2 ** 31 - 1]), int64s(g, [1])];
  return g.op(name, 'Slice', inputs, value.type);
}

/** [n, R, D] → [n, R − count, D]: without the first rows. */
export function dropRows(g: Graph, name: string, value: Value, count: number): Value {
  if (count === 0) return value;
  const inputs = [value, int64s(g, [count]), int64s(g, [2 ** 31 - 1]), int64s(g, [1])];
  return g.op(name, 'Slice', inputs, value.type);
}

/** [n, R, D] → [n, 1 + R, D]: a row of zeros in front. */
export function zeroRowBefore(g: Graph, name: string, value: Value): Value {
  return g.op(name, 'Pad', [value, int64s(g, [0, 1, 0, 0, 0, 0])], value.type);
}

/** A list of int64 constants. */
export function int64s(g: Graph, values: readonly number[]): Value {
  return g.constant('int64', [values.length], values);
}

/** A float constant without dims, in the wanted type. */
export function scalar(g: Graph, value: number, type: DType): Value {
  return g.constant(type, [], [value]);
}
