/** Collects nodes, inputs, outputs and weights of one ONNX graph, checked for names and element types. */
import type { DType, Tensor } from './tensor.ts';

/** One edge of the graph. */
export interface Value {
  readonly name: string;
  readonly type: DType;
}

/** A number that is a float attribute even when it has no fraction. */
export interface FloatAttribute {
  readonly float: number;
}
export type Attribute = number | readonly number[] | string | FloatAttribute;

export interface Node {
  name: string;
  op: string;
  domain: string;
  /** An empty string stands for an optional input that is left out. */
  inputs: string[];
  outputs: string[];
  attributes: Readonly<Record<string, Attribute>>;
}

/** Inputs and outputs: dims are numbers or names of sizes that are known only at run time. */
export interface Port {
  name: string;
  type: DType;
  dims: readonly (number | string)[];
}

/** Operators of ONNX Runtime's own domain; all others belong to the standard. */
const CONTRIB = new Set([
  'DynamicQuantizeMatMul',
  'GatherBlockQuantized',
  'GroupQueryAttention',
  'MatMulNBits',
  'MultiHeadAttention',
  'QuickGelu',
]);

export class Graph {
  readonly name: string;
  readonly nodes: Node[] = [];
  readonly inputs: Port[] = [];
  readonly outputs: Port[] = [];
  readonly weights = new Map<string, Tensor>();
  readonly constants = new Map<string, { dims: readonly number[]; values: readonly number[]; type: DType }>();
  /** Value name → the name that the graph shows outside. */
  readonly outputNames = new Map<string, string>();
  readonly #taken = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  input(name: string, type: DType, dims: readonly (number | string)[]): Value {
    this.#claim(name);
    this.inputs.push({ name, type, dims });
    return { name, type };
  }

  output(name: string, value: Value, dims: readonly (number | string)[]): void {
    this.#claim(name);
    if (this.outputNames.has(value.name)) throw new Error(`${value.name} is an output twice`);
    this.outputNames.set(value.name, name);
    this.outputs.push({ name, type: value.type, dims });
  }

  /** A weight, stored outside the graph. Asking twice for the same tensor gives the same value. */
  weight(tensor: Tensor): Value {
    const known = this.weights.get(tensor.name);
    if (known && (known.type !== tensor.type || known.dims.join() !== tensor.dims.join()))
      throw new Error(`weight ${tensor.name} has two shapes`);
    if (!known) {
      this.#claim(tensor.name);
      this.weights.set(tensor.name, tensor);
    }
    return { name: tensor.name, type: tensor.type };
  }

  /** A small constant inside the graph, named by its value so that equal ones are one. */
  constant(type: DType, dims: readonly number[], values: readonly number[]): Value {
    const name = `/constants/${type}/${dims.length === 0 ? values.join() : `[${dims.join('x')}](${values.join()})`}`;
    this.constants.set(name, { dims, values, type });
    return { name, type };
  }

  /** A node with one output. `name` is its path, unique in the graph. */
  op(
    name: string,
    op: string,
    inputs: readonly (Value | null)[],
    type: DType,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    return this.ops(name, op, inputs, [type], attributes)[0] as Value;
  }

  /** A node with several outputs. */
  ops(
    name: string,
    op: string,
    inputs: readonly (Value | null)[],
    types: readonly DType[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    this.#claim(name);
    const outputs = types.map((type, i) => ({ name: `${name}/output_${i}`, type }));
    this.nodes.push({
      name,
      op,
      domain: CONTRIB.has(op) ? 'com.microsoft' : '',
      inputs: inputs.map((value) => value?.name ?? ''),
      outputs: outputs.map((value) => value.name),
      attributes,
    });
    return outputs;
  }

  #claim(name: string): void {
    if (this.#taken.has(name)) throw new Error(`the name ${name} is used twice in graph ${this.name}`);
    this.#taken.add(name);
  }
}
