/** Turns a Graph into the bytes of an ONNX model file; where weights lie is told by a table. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { toHalf } from '../weights/float.ts';
import type { Attribute, Graph, Node, Port } from './graph.ts';
import { onnxType } from './ops.ts';
import { byteLength, type DType, type Tensor } from './tensor.ts';

/** Where a weight's bytes are: in a file beside the manifest, or here because they are few. */
export type Placement = { path: string; offset: number } | { inline: Uint8Array };

const IR_VERSION = 10;
const OPSETS: readonly (readonly [string, number])[] = [
  ['', 21],
  ['com.microsoft', 1],
];
/** AttributeProto.type */
const FLOAT = 1;
const INT = 2;
const STRING = 3;
const INTS = 7;
/** TensorProto.data_location */
const EXTERNAL = 1;

const utf8 = new TextEncoder();

/** Field numbers are those of onnx.proto3; each function writes one message's fields. */
type Fields = (writer: BinaryWriter) => void;

function message(writer: BinaryWriter, field: number, fields: Fields): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  fields(writer);
  writer.join();
}

function string(writer: BinaryWriter, field: number, text: string): void {
  writer.tag(field, WireType.LengthDelimited).string(text);
}

function int(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function attribute(name: string, value: Attribute): Fields {
  return (w) => {
    string(w, 1, name);
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) throw new Error(`attribute ${name} is ${value}: wrap floats in { float }`);
      int(w, 3, value);
      int(w, 20, INT);
    } else if (typeof value === 'string') {
      w.tag(4, WireType.LengthDelimited).bytes(utf8.encode(value));
      int(w, 20, STRING);
    } else if ('float' in value) {
      w.tag(2, WireType.Bit32).float(value.float);
      int(w, 20, FLOAT);
    } else {
      for (const item of value) int(w, 8, item);
      int(w, 20, INTS);
    }
  };
}

function node({ name, op, domain, inputs, outputs, attributes }: Node, shown: (name: string) => string): Fields {
  return (w) => {
    for (const input of inputs) string(w, 1, shown(input));
    for (const output of outputs) string(w, 2, shown(output));
    string(w, 3, name);
    string(w, 4, op);
    for (const [key, value] of Object.entries(attributes)) message(w, 5, attribute(key, value));
    if (domain) string(w, 7, domain);
  };
}

function port({ name, type, dims }: Port): Fields {
  const shape: Fields = (w) => {
    for (const dim of dims) message(w, 1, (d) => (typeof dim === 'number' ? int(d, 1, dim) : string(d, 2, dim)));
  };
  const tensorType: Fields = (w) => {
    int(w, 1, onnxType(type));
    message(w, 2, shape);
  };
  return (w) => {
    string(w, 1, name);
    message(w, 2, (t) => message(t, 1, tensorType));
  };
}

/** Little-endian bytes of a few numbers. */
export function encodeNumbers(type: DType, values: readonly number[]): Uint8Array {
  switch (type) {
    case 'float32':
      return new Uint8Array(Float32Array.from(values).buffer);
    case 'float16':
      return new Uint8Array(Uint16Array.from(values, toHalf).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    case 'int32':
      return new Uint8Array(Int32Array.from(values).buffer);
    default:
      return Uint8Array.from(values, (value) => value & 0xff);
  }
}

function tensor(name: string, type: DType, dims: readonly number[], placement: Placement, bytes: number): Fields {
  return (w) => {
    for (const dim of dims) int(w, 1, dim);
    int(w, 2, onnxType(type));
    string(w, 8, name);
    if ('inline' in placement) {
      w.tag(9, WireType.LengthDelimited).bytes(placement.inline);
      return;
    }
    const entries = { location: placement.path, offset: String(placement.offset), length: String(bytes) };
    for (const [key, value] of Object.entries(entries))
      message(w, 13, (e) => {
        string(e, 1, key);
        string(e, 2, value);
      });
    int(w, 14, EXTERNAL);
  };
}

/**
 * The model file.
 * @param place tells for every weight of the graph where its bytes are
 */
export function serialise(graph: Graph, place: (weight: Tensor) => Placement): Uint8Array {
  const shown = (name: string): string => graph.outputNames.get(name) ?? name;
  const body: Fields = (w) => {
    for (const item of graph.nodes) message(w, 1, node(item, shown));
    string(w, 2, graph.name);
    for (const [name, { type, dims, values }] of graph.constants) {
      const inline = encodeNumbers(type, values);
      message(w, 5, tensor(name, type, dims, { inline }, inline.length));
    }
    for (const weight of graph.weights.values())
      message(w, 5, tensor(weight.name, weight.type, weight.dims, place(weight), byteLength(weight)));
    for (const input of graph.inputs) message(w, 11, port(input));
    for (const output of graph.outputs) message(w, 12, port(output));
  };
  const writer = new BinaryWriter();
  int(writer, 1, IR_VERSION);
  string(writer, 2, 'mipha-web builder');
  message(writer, 7, body);
  for (const [domain, version] of OPSETS)
    message(writer, 8, (w) => {
      if (domain) string(w, 1, domain);
      int(w, 2, version);
    });
  return writer.finish();
}
