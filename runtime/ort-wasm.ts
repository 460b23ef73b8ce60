/** ONNX Runtime on the CPU → a Runtime whose tensors live in the wasm heap, so that a run copies none of them. */
import { AppError } from '../contract/errors.ts';
import type { Queue } from '../engine/queue.ts';
import {
  type AllocateOptions,
  elementCount,
  type ElementType,
  type Runtime,
  type Session,
  type Tensor,
  type TensorData,
  type Weights,
} from '../engine/runtime.ts';
import { OrtHeap, type OrtModule, ortError } from './ort-heap.ts';
import { HeapTensor, heapTensor, TYPES } from './ort-heap-tensor.ts';

const LOG_WARNING = 2;
/**
 * The builder writes graphs of fused operators, so the runtime finds nothing to improve: with all its optimisations a run
 * takes as long as with none, and the load of a small model takes 2.4 s of processor time instead of 1.7 s.
 */
const OPTIMISE_NOTHING = 0;

/** Element types of a session's inputs and outputs, in order. */
function readSignature(heap: OrtHeap, session: number) {
  const { module } = heap;
  const scratch = heap.array([0, 0]);
  heap.check(module._OrtGetInputOutputCount(session, scratch, scratch + 4));
  const inputCount = heap.pointerAt(scratch);
  const total = inputCount + heap.pointerAt(scratch, 1);
  const inputs: Record<string, ElementType> = {};
  const outputs: Record<string, ElementType> = {};
  for (let index = 0; index < total; index++) {
    heap.check(module._OrtGetInputOutputMetadata(session, index, scratch, scratch + 4));
    const name = heap.pointerAt(scratch);
    const metadata = heap.pointerAt(scratch, 1);
    const code = heap.pointerAt(metadata);
    const type = (Object.keys(TYPES) as ElementType[]).find((key) => TYPES[key].code === code);
    const text = module.UTF8ToString(name);
    module._OrtFree(name);
    module._OrtFree(metadata);
    if (!type)
      throw new AppError('model-unsupported', `The graph's ${text} has an element type that is not used here.`, {
        code,
      });
    (index < inputCount ? inputs : outputs)[text] = type;
  }
  heap.free(scratch);
  return { inputs, outputs };
}

class WasmSession implements Session {
  readonly inputs: Record<string, ElementType>;
  readonly outputs: Record<string, ElementType>;
  readonly #heap: OrtHeap;
  readonly #queue: Queue;
  readonly #handle: number;
  readonly #runOptions: number;
  readonly #names = new Map<string, number>();
  /** Room for the four pointer arrays of a run. */
  readonly #pointers: number;
  readonly #onCrash: () => void;
  #released = false;

  constructor(heap: OrtHeap, queue: Queue, handle: number, onCrash: () => void) {
    this.#heap = heap;
    this.#queue = queue;
    this.#handle = handle;
    this.#onCrash = onCrash;
    const { inputs, outputs } = readSignature(heap, handle);
    this.inputs = inputs;
    this.outputs = outputs;
    const names = [...Object.keys(inputs), ...Object.keys(outputs)];
    for (const name of names) this.#names.set(name, heap.string(name));
    this.#pointers = heap.array(Array.from({ length: names.length * 2 }, () => 0));
    this.#runOptions = heap.nonZero(heap.module._OrtCreateRunOptions(LOG_WARNING, 0, false, 0));
  }

  run(inputs: Record<string, Tensor>, outputs: Record<string, Tensor>): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#released) throw new AppError('backend-failed', 'The model was released.');
      const feeds = Object.entries(inputs);
      const fetches = Object.entries(outputs);
      const pointers = [...feeds, ...fetches].map(([name]) => this.#name(name));
      const values = [...feeds, ...fetches].map(([, tensor]) => heapTensor(tensor).handle);
      const valuesAt = this.#pointers + pointers.length * 4;
      this.#heap.fill(this.#pointers, pointers);
      this.#heap.fill(valuesAt, values);
      const at = feeds.length * 4;
      const { module } = this.#heap;
      let code: number;
      try {
        code = await module._OrtRun(
          this.#handle,
          this.#pointers,
          valuesAt,
          feeds.length,
          this.#pointers + at,
          fetches.length,
          valuesAt + at,
          this.#runOptions,
        );
      } catch (cause) {
        // ONNX Runtime reports failures by a code; an exception is the module itself breaking off.
        this.#onCrash();
        throw ortError(cause instanceof Error ? cause.message : String(cause), cause);
      }
      this.#heap.check(code);
    });
  }

  release(): Promise<void> {
    return this.#queue.run(() => {
      if (this.#released) return;
      this.#released = true;
      for (const pointer of [...this.#names.values(), this.#pointers]) this.#heap.free(pointer);
      this.#heap.check(this.#heap.module._OrtReleaseSession(this.#handle));
    });
  }

  #name(name: string): number {
    const pointer = this.#names.get(name);
    if (pointer === undefined) throw new AppError('model-unsupported', `The graph has no ${name}.`, { name });
    return pointer;
  }
}

/** One per module; several may share a module, because a wasm heap never shrinks and threads are dear. */
export class WasmRuntime implements Runtime {
  readonly device = 'wasm';
  readonly threads: number;
  readonly #heap: OrtHeap;
  readonly #queue: Queue;
  readonly #pause: () => Promise<void>;
  readonly #sessions: WasmSession[] = [];
  readonly #tensors = new Set<HeapTensor>();
  readonly #onCrash: () => void;
  lost = false;

  /**
   * `queue` orders create, run and release of everything that shares the module; `onCrash` hears when the module broke
   * off and must not be used again.
   */
  constructor(module: OrtModule, queue: Queue, threads: number, pause: () => Promise<void>, onCrash: () => void) {
    this.#heap = new OrtHeap(module);
    this.#queue = queue;
    this.threads = threads;
    this.#pause = pause;
    this.#onCrash = () => {
      this.lost = true;
      onCrash();
    };
  }

  allocate(type: ElementType, dims: readonly number[], { unset = false }: AllocateOptions = {}): Tensor {
    const bytes = elementCount(dims) * TYPES[type].bytes;
    const pointer = this.#heap.allocate(bytes);
    if (!unset) this.#heap.bytes.fill(0, pointer, pointer + bytes);
    const tensor = new HeapTensor(this.#heap, type, [...dims], pointer);
    this.#tensors.add(tensor);
    return tensor;
  }

  view(tensor: Tensor, dims: readonly number[]): Tensor {
    const base = heapTensor(tensor);
    const key = dims.join();
    let view = base.views.get(key);
    if (!view) {
      view = new HeapTensor(this.#heap, base.type, [...dims], base.pointer);
      base.views.set(key, view);
    }
    return view;
  }

  write(tensor: Tensor, data: TensorData): void {
    this.#heap.bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), heapTensor(tensor).pointer);
  }

  async read(tensor: Tensor): Promise<TensorData> {
    const { pointer, bytes, type } = heapTensor(tensor);
    const copy = new Uint8Array(bytes);
    copy.set(this.#heap.bytes.subarray(pointer, pointer + bytes));
    return new TYPES[type].array(copy.buffer);
  }

  copy(source: Tensor, target: Tensor, offset: number): void {
    const from = heapTensor(source);
    const to = heapTensor(target).pointer + offset * TYPES[from.type].bytes;
    this.#heap.bytes.copyWithin(to, from.pointer, from.pointer + from.bytes);
  }

  free(tensor: Tensor): void {
    const base = heapTensor(tensor);
    if (!this.#tensors.delete(base)) return;
    for (const { handle } of [base, ...base.views.values()]) this.#heap.module._OrtReleaseTensor(handle);
    this.#heap.free(base.pointer);
  }

  createSession(graph: Uint8Array<ArrayBuffer>, weights: readonly Weights[]): Promise<Session> {
    return this.#queue.run(async () => {
      const heap = this.#heap;
      const { module } = heap;
      const options = heap.nonZero(
        module._OrtCreateSessionOptions(OPTIMISE_NOTHING, true, true, 0, false, 0, 0, LOG_WARNING, 0, 0),
      );
      const bytes = heap.allocate(graph.byteLength);
      try {
        heap.bytes.set(graph, bytes);
        for (const { path, data } of weights) module.mountExternalData(path, data);
        const handle = heap.nonZero(await module._OrtCreateSession(bytes, graph.byteLength, options));
        const session = new WasmSession(heap, this.#queue, handle, this.#onCrash);
        this.#sessions.push(session);
        return session;
      } catch (thrown) {
        if (!(thrown instanceof AppError)) this.#onCrash();
        throw thrown instanceof AppError
          ? thrown
          : ortError(thrown instanceof Error ? thrown.message : String(thrown), thrown);
      } finally {
        module.unmountExternalData();
        heap.free(bytes);
        module._OrtReleaseSessionOptions(options);
      }
    });
  }

  pause(): Promise<void> {
    return this.#pause();
  }

  async dispose(): Promise<void> {
    if (this.lost) return; // nothing of a broken module can be freed, it goes as a whole
    for (const session of this.#sessions.splice(0)) await session.release();
    for (const tensor of this.#tensors) this.free(tensor);
  }
}
