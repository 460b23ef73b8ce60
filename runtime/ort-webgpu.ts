/** ONNX Runtime on WebGPU → a Runtime whose tensors are persistent GPU buffers. */
import { AppError } from '../contract/errors.ts';
import type { FileBytes } from '../contract/manifest.ts';
import type { Queue } from '../engine/queue.ts';
import {
  elementCount,
  type ElementType,
  type Runtime,
  type Session,
  type Tensor,
  type TensorData,
  type Weights,
} from '../engine/runtime.ts';
import { ortError } from './ort-heap.ts';

/** The part of onnxruntime-web used here. */
export interface OrtApi {
  Tensor: {
    new (type: string, data: unknown, dims: readonly number[]): OrtTensor;
    fromGpuBuffer(buffer: GPUBuffer, options: { dataType: string; dims: readonly number[] }): OrtTensor;
  };
  InferenceSession: { create(graph: Uint8Array, options: object): Promise<OrtSession> };
}
interface OrtTensor {
  readonly dims: readonly number[];
}
interface OrtSession {
  readonly inputMetadata: readonly ValueMetadata[];
  readonly outputMetadata: readonly ValueMetadata[];
  run(feeds: Record<string, OrtTensor>, fetches: Record<string, OrtTensor>): Promise<unknown>;
  release(): Promise<void>;
}
interface ValueMetadata {
  name: string;
  type?: string;
}

const ARRAYS = { float32: Float32Array, float16: Uint16Array, int64: BigInt64Array, int32: Int32Array } as const;
// The values of GPUBufferUsage and GPUMapMode, which TypeScript's worker library does not declare.
const MAP_READ = 0x1;
const COPY_SRC = 0x4;
const COPY_DST = 0x8;
const STORAGE = 0x80;
const MAP_MODE_READ = 0x1;

/** A GPU buffer, or a small host array for a value that steers the graph. */
class GpuTensor implements Tensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly buffer: GPUBuffer | null;
  readonly host: TensorData | null;
  readonly ort: OrtTensor;

  constructor(
    api: OrtApi,
    type: ElementType,
    dims: readonly number[],
    buffer: GPUBuffer | null,
    host: TensorData | null,
  ) {
    this.type = type;
    this.dims = dims;
    this.buffer = buffer;
    this.host = host;
    this.ort = buffer ? api.Tensor.fromGpuBuffer(buffer, { dataType: type, dims }) : new api.Tensor(type, host, dims);
  }

  get bytes(): number {
    return elementCount(this.dims) * ARRAYS[this.type].BYTES_PER_ELEMENT;
  }
}

function gpuTensor(tensor: Tensor): GpuTensor {
  if (tensor instanceof GpuTensor) return tensor;
  throw new AppError('backend-failed', 'A tensor of another runtime was used.');
}

/** Bytes in the form that the library lets through. It reads nothing but these two properties, tensor by tensor. */
function asArray(bytes: FileBytes): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  return Object.defineProperties(new Uint8Array(0), {
    byteLength: { value: bytes.byteLength },
    subarray: { value: bytes.subarray.bind(bytes) },
  });
}

/** Buffers are used in whole 16-byte units by the kernels. */
const padded = (bytes: number) => Math.max(16, Math.ceil(bytes / 16) * 16);

export class WebGpuRuntime implements Runtime {
  readonly device = 'webgpu';
  readonly threads = 1;
  readonly #api: OrtApi;
  readonly #gpu: GPUDevice;
  readonly #queue: Queue;
  readonly #pause: () => Promise<void>;
  readonly #sessions: Session[] = [];
  readonly #staging = new Map<number, GPUBuffer[]>();
  #lost: AppError | null = null;
  /** The first error since the last run that no call returned: exhausted memory shows only so. */
  #uncaptured: GPUError | null = null;

  get lost(): boolean {
    return this.#lost !== null;
  }

  /** `queue` orders create, run and release over all WebGPU sessions of the thread: two at once hang. */
  constructor(api: OrtApi, gpu: GPUDevice, queue: Queue, pause: () => Promise<void>) {
    this.#api = api;
    this.#gpu = gpu;
    this.#queue = queue;
    this.#pause = pause;
    gpu.addEventListener('uncapturederror', ({ error }) => {
      this.#uncaptured ??= error;
    });
    void gpu.lost.then(({ reason, message }) => {
      this.#lost = new AppError(
        'backend-failed',
        'The GPU stopped working for this page. Ask again to start it anew.',
        {
          reason: reason ?? 'unknown',
          detail: message,
        },
      );
    });
  }

  allocate(type: ElementType, dims: readonly number[], { host = false } = {}): Tensor {
    if (host) return new GpuTensor(this.#api, type, [...dims], null, new ARRAYS[type](elementCount(dims)));
    const size = padded(elementCount(dims) * ARRAYS[type].BYTES_PER_ELEMENT);
    if (size > this.#gpu.limits.maxBufferSize) {
      const evidence = { bytes: size, max_bytes: this.#gpu.limits.maxBufferSize };
      throw new AppError('out-of-memory', 'This GPU cannot hold the model.', evidence);
    }
    const usage = STORAGE | COPY_SRC | COPY_DST;
    return new GpuTensor(this.#api, type, [...dims], this.#gpu.createBuffer({ size, usage }), null);
  }

  view(tensor: Tensor, dims: readonly number[]): Tensor {
    const { type, buffer, host } = gpuTensor(tensor);
    const part = host ? (host.subarray(0, elementCount(dims)) as TensorData) : null;
    return new GpuTensor(this.#api, type, dims, buffer, part);
  }

  write(tensor: Tensor, data: TensorData): void {
    const { buffer, host } = gpuTensor(tensor);
    if (buffer) this.#gpu.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, data.byteLength);
    else host!.set(data as never);
  }

  async read(tensor: Tensor): Promise<TensorData> {
    const { buffer, host, bytes, type } = gpuTensor(tensor);
    if (!buffer) return host!.slice() as TensorData;
    const size = padded(bytes);
    const staging = this.#staging.get(size)?.pop() ?? this.#gpu.createBuffer({ size, usage: MAP_READ | COPY_DST });
    const encoder = this.#gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
    this.#gpu.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(MAP_MODE_READ);
    } catch (cause) {
      throw this.#lost ?? ortError(cause instanceof Error ? cause.message : String(cause), cause);
    }
    const data = new ARRAYS[type](staging.getMappedRange().slice(0, bytes));
    staging.unmap();
    this.#staging.set(size, [...(this.#staging.get(size) ?? []), staging]);
    return data;
  }

  copy(source: Tensor, target: Tensor, offset: number): void {
    const from = gpuTensor(source);
    const to = gpuTensor(target);
    const encoder = this.#gpu.createCommandEncoder();
    const at = offset * ARRAYS[from.type].BYTES_PER_ELEMENT;
    encoder.copyBufferToBuffer(from.buffer!, 0, to.buffer!, at, from.bytes);
    this.#gpu.queue.submit([encoder.finish()]);
  }

  free(tensor: Tensor): void {
    gpuTensor(tensor).buffer?.destroy();
  }

  createSession(graph: Uint8Array<ArrayBuffer>, weights: readonly Weights[]): Promise<Session> {
    return this.#queue.run(async () => {
      const session = await this.#try(() =>
        this.#api.InferenceSession.create(graph, {
          // Checking every dispatch costs an awaited round trip per run; the self-test has to pass instead.
          executionProviders: [{ name: 'webgpu', device: this.#gpu, validationMode: 'disabled' }],
          externalData: weights.map(({ path, data }) => ({ path, data: asArray(data) })),
          preferredOutputLocation: 'gpu-buffer',
          graphOptimizationLevel: 'all',
        }),
      );
      const types = (values: readonly ValueMetadata[]) =>
        Object.fromEntries(values.map(({ name, type }) => [name, type as ElementType]));
      const loaded: Session = {
        inputs: types(session.inputMetadata),
        outputs: types(session.outputMetadata),
        run: (inputs, outputs) => this.#queue.run(() => this.#try(() => runSession(session, inputs, outputs))),
        release: () => this.#queue.run(() => session.release()),
      };
      this.#sessions.push(loaded);
      return loaded;
    });
  }

  pause(): Promise<void> {
    return this.#pause();
  }

  async dispose(): Promise<void> {
    // Sessions of a lost device cannot be released; waiting for them could hang.
    for (const session of this.lost ? [] : this.#sessions.splice(0)) {
      await session.release().catch(() => {
        // The device may be gone already; destroying it below frees everything.
      });
    }
    this.#gpu.destroy();
  }

  async #try<T>(task: () => Promise<T>): Promise<T> {
    if (this.#lost) throw this.#lost;
    let result: T;
    try {
      result = await task();
    } catch (cause) {
      throw this.#lost ?? ortError(cause instanceof Error ? cause.message : String(cause), cause);
    }
    const error = this.#uncaptured;
    this.#uncaptured = null;
    if (!error) return result;
    throw ortError(error instanceof GPUOutOfMemoryError ? `out of memory: ${error.message}` : error.message, error);
  }
}

async function runSession(
  session: OrtSession,
  inputs: Record<string, Tensor>,
  outputs: Record<string, Tensor>,
): Promise<void> {
  const ort = (tensors: Record<string, Tensor>) =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, gpuTensor(tensor).ort]));
  await session.run(ort(inputs), ort(outputs));
}
