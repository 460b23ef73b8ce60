/** ONNX Runtime's Emscripten module → a few typed calls: strings, bytes, errors. */
import { AppError } from '../contract/errors.ts';
import type { FileBytes } from '../contract/manifest.ts';

/**
 * The part of the module used here. onnxruntime-web's own JavaScript calls the same functions, but copies every input
 * into the heap and every output out of it on each run, which is a whole KV cache per token.
 */
export interface OrtModule {
  readonly HEAPU8: Uint8Array<ArrayBufferLike>;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  getValue(pointer: number, type: 'i8' | 'i32' | '*'): number;
  setValue(pointer: number, value: number, type: 'i32' | '*'): void;
  UTF8ToString(pointer: number): string;
  stringToUTF8(text: string, pointer: number, bytes: number): void;
  lengthBytesUTF8(text: string): number;
  /** Of `data` only these two are used, whenever a tensor is read. */
  mountExternalData(path: string, data: FileBytes): void;
  unmountExternalData(): void;
  _OrtInit(threads: number, logLevel: number): number;
  _OrtGetLastError(code: number, message: number): number;
  // optimization level, arena, memory pattern, execution mode, profiling, profile prefix, log id, severity, verbosity, path
  _OrtCreateSessionOptions(...options: (number | boolean)[]): number;
  _OrtAddSessionConfigEntry(options: number, key: number, value: number): number;
  _OrtReleaseSessionOptions(options: number): number;
  _OrtCreateSession(graph: number, bytes: number, options: number): number | Promise<number>;
  _OrtReleaseSession(session: number): number;
  _OrtGetInputOutputCount(session: number, inputs: number, outputs: number): number;
  _OrtGetInputOutputMetadata(session: number, index: number, name: number, metadata: number): number;
  _OrtFree(pointer: number): number;
  _OrtCreateTensor(type: number, data: number, bytes: number, dims: number, rank: number, location: number): number;
  _OrtReleaseTensor(tensor: number): number;
  _OrtCreateRunOptions(severity: number, verbosity: number, terminate: boolean, tag: number): number;
  // session, input names, inputs, input count, output names, output count, outputs, run options
  _OrtRun(...pointers: number[]): number | Promise<number>;
}

const POINTER_BYTES = 4;
const MOST_BYTES = 2 ** 32 - 1;

/** ONNX Runtime's words as an AppError; what smells of exhausted memory is named so. */
export function ortError(message: string, cause?: unknown): AppError {
  const outOfMemory = /bad_alloc|out of memory|OOM|allocat(e|ion) (memory|failed)|Failed to allocate/i.test(message);
  return outOfMemory
    ? new AppError(
        'out-of-memory',
        'There is not enough memory for this model. Close other tabs or choose a smaller model.',
        { detail: message },
        cause,
      )
    : new AppError('backend-failed', `The model runtime failed: ${message}`, {}, cause);
}

export class OrtHeap {
  readonly module: OrtModule;

  constructor(module: OrtModule) {
    this.module = module;
  }

  /** The heap as it is now; a view is stale after anything that may have grown the memory. */
  get bytes(): Uint8Array<ArrayBufferLike> {
    // With threads another one may have grown the memory; reading a value makes the module renew its views.
    this.module.getValue(0, 'i8');
    return this.module.HEAPU8;
  }

  allocate(bytes: number): number {
    // A size of more than 32 bits would be cut down silently.
    const pointer = bytes > MOST_BYTES ? 0 : this.module._malloc(Math.max(bytes, 1));
    if (pointer === 0) throw ortError(`Failed to allocate ${bytes} bytes`);
    return pointer;
  }

  free(pointer: number): void {
    this.module._free(pointer);
  }

  /** A NUL-terminated copy. */
  string(text: string): number {
    const bytes = this.module.lengthBytesUTF8(text) + 1;
    const pointer = this.allocate(bytes);
    this.module.stringToUTF8(text, pointer, bytes);
    return pointer;
  }

  /** An array of 32-bit values (pointers, dims). */
  array(values: readonly number[]): number {
    const pointer = this.allocate(values.length * POINTER_BYTES);
    this.fill(pointer, values);
    return pointer;
  }

  fill(pointer: number, values: readonly number[]): void {
    for (const [i, value] of values.entries()) this.module.setValue(pointer + i * POINTER_BYTES, value, 'i32');
  }

  pointerAt(pointer: number, index = 0): number {
    return this.module.getValue(pointer + index * POINTER_BYTES, '*') >>> 0;
  }

  /** The last error that ONNX Runtime recorded. */
  lastError(): AppError {
    const pair = this.array([0, 0]);
    this.module._OrtGetLastError(pair, pair + POINTER_BYTES);
    const text = this.pointerAt(pair, 1);
    const message = text ? this.module.UTF8ToString(text) : 'unknown error';
    this.free(pair);
    return ortError(message);
  }

  /** Throws the recorded error unless the call reported success. */
  check(code: number): void {
    if (code !== 0) throw this.lastError();
  }

  /** The value of a call that reports failure by zero. */
  nonZero(handle: number): number {
    if (handle === 0) throw this.lastError();
    return handle >>> 0;
  }
}
