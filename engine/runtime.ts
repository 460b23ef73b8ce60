/** What the engine needs of a machine that runs graphs; runtime/ort.ts is the one that ships, tests bring their own. */
import type { Device } from '../contract/backend.ts';
import type { FileBytes } from '../contract/manifest.ts';

export type ElementType = 'float32' | 'float16' | 'int64' | 'int32';

/** float16 travels as raw 16-bit patterns, so that no part needs a Float16Array. */
export type TensorData = Float32Array | Uint16Array | BigInt64Array | Int32Array;

/** An array in the runtime's own memory (wasm heap, GPU buffer). Only the runtime that made it can look inside. */
export interface Tensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
}

export interface AllocateOptions {
  /** Keep it where the CPU reads it: for the few numbers that steer a graph and are never computed with. */
  host?: boolean;
  /** Every element is written before it is read, so that memory need not be touched before that. */
  unset?: boolean;
}

/** One loaded graph. */
export interface Session {
  /** Element type of each graph input and output, by name. */
  readonly inputs: Readonly<Record<string, ElementType>>;
  readonly outputs: Readonly<Record<string, ElementType>>;
  /**
   * Computes `outputs` from `inputs`, both allocated beforehand, so that nothing is copied from call to call.
   * The same tensor may be input and output (a KV cache that is extended in place).
   */
  run(inputs: Record<string, Tensor>, outputs: Record<string, Tensor>): Promise<void>;
  release(): Promise<void>;
}

/** External data of a graph: the name that the graph calls it by, and the bytes. */
export interface Weights {
  path: string;
  data: FileBytes;
}

export interface Runtime {
  readonly device: Device;
  /** Threads that compute; 1 for a GPU. */
  readonly threads: number;
  /** True once the device or the runtime itself is gone; nothing works then, and a new runtime is needed. */
  readonly lost: boolean;
  /** Zeroed memory, unless `unset`. Throws `out-of-memory`. */
  allocate(type: ElementType, dims: readonly number[], options?: AllocateOptions): Tensor;
  /** The first elements of a tensor under other dims; shares its memory. */
  view(tensor: Tensor, dims: readonly number[]): Tensor;
  /** Writes from the first element on; ordered with runs. */
  write(tensor: Tensor, data: TensorData): void;
  /** A copy of the elements; ordered with runs. */
  read(tensor: Tensor): Promise<TensorData>;
  /** Copies all of `source` into `target` from element `offset` on; ordered with runs. */
  copy(source: Tensor, target: Tensor, offset: number): void;
  free(tensor: Tensor): void;
  createSession(graph: Uint8Array<ArrayBuffer>, weights: readonly Weights[]): Promise<Session>;
  /** Gives waiting events (a Stop, for one) a turn; a CPU runtime computes synchronously. */
  pause(): Promise<void>;
  /** Releases every session and all memory. The runtime is unusable afterwards. */
  dispose(): Promise<void>;
}

/** Product of the dims. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Any float tensor data as float32; half-precision patterns are widened exactly. */
export function asFloat32(data: TensorData): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) return Float32Array.from(data, fromHalf);
  return Float32Array.from(data as ArrayLike<number | bigint>, Number);
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
