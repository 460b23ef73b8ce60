/** A piece of the wasm heap → a tensor that ONNX Runtime reads and writes in place. */
import { AppError } from '../contract/errors.ts';
import { elementCount, type ElementType, type Tensor } from '../engine/runtime.ts';
import type { OrtHeap } from './ort-heap.ts';

/** ONNX type numbers, bytes and arrays of the element types. */
export const TYPES = {
  float32: { code: 1, bytes: 4, array: Float32Array },
  float16: { code: 10, bytes: 2, array: Uint16Array },
  int64: { code: 7, bytes: 8, array: BigInt64Array },
  int32: { code: 6, bytes: 4, array: Int32Array },
} as const;

const LOCATION_CPU = 1;

/** A tensor in the heap, with the OrtValue that stands for it. */
export class HeapTensor implements Tensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly pointer: number;
  readonly handle: number;
  /** Views of this memory under other dims, made once each. */
  readonly views = new Map<string, HeapTensor>();

  constructor(heap: OrtHeap, type: ElementType, dims: readonly number[], pointer: number) {
    this.type = type;
    this.dims = dims;
    this.pointer = pointer;
    const shape = heap.array(dims);
    const { code } = TYPES[type];
    this.handle = heap.nonZero(
      heap.module._OrtCreateTensor(code, pointer, this.bytes, shape, dims.length, LOCATION_CPU),
    );
    heap.free(shape);
  }

  get bytes(): number {
    return elementCount(this.dims) * TYPES[this.type].bytes;
  }
}

/** A tensor of this runtime. Throws `backend-failed` for one of another. */
export function heapTensor(tensor: Tensor): HeapTensor {
  if (tensor instanceof HeapTensor) return tensor;
  throw new AppError('backend-failed', 'A tensor of another runtime was used.');
}
